import accounts from '@/features/accounts/en'
import agreements from '@/features/agreements/en'
import appointments from '@/features/appointments/en'
import drafting from '@/features/agreements/drafting/en'
import directory from '@/features/directory/en'
import disputes from '@/features/disputes/en'
import evidence from '@/features/evidence/en'
import filing from '@/features/disputes/filing/en'
import laws from '@/features/disputes/filing/laws.en'
import notices from '@/features/notices/en'
import obligations from '@/features/obligations/en'
import rooms from '@/features/rooms/en'
import sessions from '@/features/sessions/en'
import stations from '@/features/stations/en'
import ui from '@/ui/en'
import problems from './problems.en'
import type { Texts } from './types'
import words from './words.en'
import type { PhoneMessages } from './zh'

const en: Texts<PhoneMessages> = {
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
export default en
