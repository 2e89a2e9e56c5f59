import type { Texts } from '@/i18n/types'
import commands from './commands/en'
import events from './file/events.en'
import file from './file/en'
import filing from './filing/en'
import staff from './staff/en'
import triage from './triage/en'
import visits from './visits/en'
import words from './words/en'
import type zh from './zh'

const desk: Texts<typeof zh> = {
    title: 'Ala Mediation desk',
    disputes: 'Disputes',
    inbox: 'To be triaged',
    approvals: 'For me to approve',
    approvalsNone: 'Nothing waits for your approval',
    approvalsHint: 'When somebody asks to reject, return or end one, it stands here.',
    approvalsWhat: 'What it waits for',
    approvalsDo: 'Open the file, then decide. Nobody approves what they asked for.',
    legality: 'Public security',
    late: 'Late and due soon',
    all: 'All',
    status: 'Status',
    matter: 'Matter',
    category: 'Category',
    track: 'Track',
    next: 'Next',
    due: 'Until',
    risk: 'Risk',
    owner: 'Owner',
    age: 'Waiting',
    days: '{count} d',
    today: 'since today',
    changed: 'Last change',
    none: 'No disputes',
    noneHint: 'Look at another status.',
    inboxNone: 'Nothing waits for triage',
    inboxHint: 'New disputes will stand here.',
    lateNone: 'Nothing is due soon',
    lateHint: 'What is due within three days will stand here.',
    older: 'Older',
    close: 'Close',
    find: 'Find below',
    findHint: 'Press / to come here, ↑ ↓ to choose, Enter to open.',
    notFound: 'Not among those opened.',
    mine: 'Only those I own',
    gone: 'Overdue',
    soon: 'Within three days',
    reading: 'Reading, {count} so far',
    incomplete: 'Not all could be read; some may be missing.',
    myNumber: 'My number',
    commands,
    events,
    file,
    filing,
    staff,
    triage,
    visits,
    words,
}
export default desk
