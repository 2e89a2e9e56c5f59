import accounts from '@/features/accounts/en'
import disputes from '@/features/disputes/en'
import rooms from '@/features/rooms/en'
import sessions from '@/features/sessions/en'
import stations from '@/features/stations/en'
import ui from '@/ui/en'
import problems from './problems.en'
import type { Texts } from './types'
import words from './words.en'
import type { PhoneMessages } from './zh'

const en: Texts<PhoneMessages> = { accounts, disputes, problems, rooms, sessions, stations, ui, words }
export default en
