// Every screen there is: how one comes there. Whoever adds a screen adds it here.
import { DESKS } from './desk'
import { OPEN } from './open'
import { PHONES } from './phone'

export type { Cast } from './cast'
export { gather } from './cast'
export type { Screen } from './screen'
export const SCREENS = [...OPEN, ...PHONES, ...DESKS]
