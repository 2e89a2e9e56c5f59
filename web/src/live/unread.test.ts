import { describe, expect, it } from 'vitest'
import type { Entry } from './frames'
import { cover, emptyLog } from './log'
import { ME, ModelServer } from './model_server'
import { emptyRoom, type Room } from './state'
import { unreadIn } from './unread'

const view = { ...new ModelServer().view(), first: 1, head: 4, read: 1, unread: 3 }
const entry = (seq: number, sender: string | null) => ({ seq, sender }) as Entry
const entries = [entry(1, 'per_other'), entry(2, null), entry(3, 'per_other'), entry(4, ME)]
const room = (change: Partial<Room> = {}): Room => ({
    ...emptyRoom,
    view,
    log: cover(emptyLog, 1, 4, entries),
    ...change,
})

describe('what is unread', () => {
    it('is what others said, not what the room notes down', () => {
        expect(unreadIn(room(), ME)).toBe(1)
    })

    it('is nothing once it was shown here, even before the service knows', () => {
        expect(unreadIn(room({ seen: 3 }), ME)).toBe(0)
    })

    it('is not guessed before anything has come', () => {
        expect(unreadIn(room({ log: emptyLog }), ME)).toBe(0)
    })

    it('is counted by the service where more was missed than is loaded', () => {
        const log = cover(emptyLog, 41, 100, [entry(99, 'per_other')])
        expect(unreadIn(room({ log, view: { ...view, head: 100, unread: 70 } }), ME)).toBe(70)
        expect(unreadIn(room({ closed: true, log: emptyLog }), ME)).toBe(3)
    })
})
