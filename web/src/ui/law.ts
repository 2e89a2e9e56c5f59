import { t } from '@/i18n'
import { language } from '@/i18n/language'

/** The articles behind something, as a law is cited in the language at hand: the service writes `Art 23, 24`. */
export function law(articles: string): string {
    const cited = articles.replace(
        / ?Art (\d+(?:, ?\d+)*)/g,
        (_, numbers: string) => `第${numbers.replace(/, ?/g, '、')}条`,
    )
    return t('ui.law', { article: language.value === 'zh' ? cited : articles })
}
