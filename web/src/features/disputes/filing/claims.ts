import type { Schemas } from '@/api'
import { t } from '@/i18n'

/** What people mostly ask for in such a case; a tap instead of typing. Kept in the language in which it was chosen. */
export function claimsFor(category: Schemas['Category']): string[] {
    return t(`laws.${category}.wants`).split('/')
}
