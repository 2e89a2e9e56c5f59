import { t } from '@/i18n'
import type { Draft } from './draft'

const SHORTEST = 2

/** Of what was chosen, never of what was written: whoever is invited reads it before anything else. */
export function proposedTitle({ category, claims }: Pick<Draft, 'category' | 'claims'>): string {
    const kind = t(`words.category.${category ?? 'other'}`)
    const [wish] = claims
    return wish ? t('filing.kindAndWish', { kind, wish }) : t('filing.kindOnly', { kind })
}

/** The service wants a name for it: the one given, or the one proposed. */
export function titleOf(from: Pick<Draft, 'title' | 'category' | 'claims'>): string {
    const given = from.title.trim()
    return given.length >= SHORTEST ? given : proposedTitle(from)
}
