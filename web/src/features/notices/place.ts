import type { Schemas } from '@/api'

type Kind = Schemas['NoticeKind']

const AGREEMENT: Kind[] = [
    'signature_asked',
    'text_reopened',
    'parties_signed',
    'agreement_in_effect',
    'confirmation_ends',
]
const PROMISES: Kind[] = [
    'performance_reported',
    'performance_confirmed',
    'performance_contested',
    'performance_missing',
    'waived',
    'all_performed',
    'not_performed',
    'urged',
    'due_soon',
    'due_today',
]

/** Where on a phone one sees what a notice is about. */
export function placeOf({ kind, dispute }: Pick<Schemas['NoticeView'], 'kind' | 'dispute'>): string | null {
    if (!dispute) return null
    const page = AGREEMENT.includes(kind) ? '/agreement' : PROMISES.includes(kind) ? '/obligations' : ''
    return `/app/disputes/${dispute}${page}`
}

/** At the desk everything about a dispute stands in its file. */
export const filePlaceOf = ({ dispute }: Pick<Schemas['NoticeView'], 'dispute'>) =>
    dispute ? `/desk/disputes/${dispute}` : null
