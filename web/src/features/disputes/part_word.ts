import type { Schemas } from '@/api'
import { me } from '@/features/accounts/session'
import { t } from '@/i18n'

type Part = Schemas['Part']

const isSide = (part: Part): part is Schemas['Side'] => part === 'applicant' || part === 'respondent'

/**
 * What somebody is here. Residents are told how a side stands to them, `own`; the terms of the field are for those who
 * work in it.
 */
export function partWord(part: Part, own: readonly Part[] = []): string {
    if (!isSide(part) || me.value?.role !== 'resident') return t(`words.part.${part}`)
    const mine = own.filter(isSide)
    if (mine.length !== 1) return t(`disputes.side.${part}`)
    return t(mine[0] === part ? 'disputes.side.own' : 'disputes.side.other')
}
