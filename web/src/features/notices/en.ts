import type { Texts } from '@/i18n/types'
import kind from './kinds.en'
import type zh from './zh'

const notices: Texts<typeof zh> = {
    title: 'News',
    none: 'No news yet',
    noneHint: 'Whatever happens in a mediation of yours is told here.',
    unread: 'new',
    allRead: 'Mark all as seen',
    kind,
}
export default notices
