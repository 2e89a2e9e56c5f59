import type desk from '@/desk/zh'
import accounts from '@/features/accounts/zh'
import agreements from '@/features/agreements/zh'
import appointments from '@/features/appointments/zh'
import drafting from '@/features/agreements/drafting/zh'
import directory from '@/features/directory/zh'
import disputes from '@/features/disputes/zh'
import evidence from '@/features/evidence/zh'
import filing from '@/features/disputes/filing/zh'
import laws from '@/features/disputes/filing/laws.zh'
import notices from '@/features/notices/zh'
import obligations from '@/features/obligations/zh'
import rooms from '@/features/rooms/zh'
import sessions from '@/features/sessions/zh'
import stations from '@/features/stations/zh'
import ui from '@/ui/zh'
import problems from './problems.zh'
import words from './words.zh'

const zh = {
    accounts,
    agreements,
    appointments,
    directory,
    disputes,
    drafting,
    evidence,
    filing,
    laws,
    notices,
    obligations,
    problems,
    rooms,
    sessions,
    stations,
    ui,
    words,
}
export default zh
export type PhoneMessages = typeof zh
/** The desk adds its own when it starts; a phone does not load them. */
export type Messages = PhoneMessages & { desk: typeof desk }
