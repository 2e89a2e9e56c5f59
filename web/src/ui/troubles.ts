import type { Trouble } from '@/api'
import { t } from '@/i18n'

/** What happened and what to do, in one or two sentences. */
export function troubleText(trouble: Trouble): string {
    const text = t(`problems.${trouble.code}`)
    return trouble.retryAfter ? `${text}${t('ui.retryAfter', { seconds: trouble.retryAfter })}` : text
}
