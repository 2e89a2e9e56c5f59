import type { Texts } from '@/i18n/types'
import type zh from './zh'

const desk: Texts<typeof zh> = {
    title: 'Ala Mediation desk',
    disputes: 'Disputes',
    all: 'All',
    status: 'Status',
    matter: 'Matter',
    category: 'Category',
    track: 'Track',
    next: 'Next',
    due: 'Until',
    changed: 'Last change',
    none: 'No disputes',
    noneHint: 'Look at another status.',
    older: 'Older',
}
export default desk
