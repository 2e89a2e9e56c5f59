import type desk from '@/desk/zh'
import accounts from '@/features/accounts/zh'
import disputes from '@/features/disputes/zh'
import rooms from '@/features/rooms/zh'
import sessions from '@/features/sessions/zh'
import stations from '@/features/stations/zh'
import ui from '@/ui/zh'
import problems from './problems.zh'
import words from './words.zh'

const zh = { accounts, disputes, problems, rooms, sessions, stations, ui, words }
export default zh
export type PhoneMessages = typeof zh
/** The desk adds its own when it starts; a phone does not load them. */
export type Messages = PhoneMessages & { desk: typeof desk }
