import type { Entry, RoomId } from './frames'
import { roomOf, type LiveState, type Sending } from './state'

/** 待发送, 已送达, 对方已看, 未送出 */
export type Mark = 'waiting' | 'delivered' | 'read' | 'refused'

/** One line of a room as a person sees it. */
export type Line =
    | { kind: 'entry'; key: string; entry: Entry; mine: boolean; mark: Mark | null }
    | { kind: 'sending'; key: string; item: Sending; mark: Mark }

/** The room's entries, and after them what is on its way. */
export function linesOf(state: LiveState, id: RoomId, me: string | null): Line[] {
    const room = roomOf(state, id)
    const readTo = Math.max(0, ...Object.entries(room.reads).map(([person, seq]) => (person === me ? 0 : seq)))
    const entries = room.log.entries.map((entry): Line => {
        const mine = entry.sender != null && entry.sender === me
        const mark = !mine ? null : entry.seq <= readTo ? 'read' : 'delivered'
        return { kind: 'entry', key: `entry-${entry.seq}`, entry, mine, mark }
    })
    return [...entries, ...waiting(state, id, me)]
}

function waiting(state: LiveState, id: RoomId, me: string | null): Line[] {
    const own = roomOf(state, id).log.entries.filter((entry) => entry.sender != null && entry.sender === me)
    const items = state.outbox.filter((item) => item.room === id && !isStored(item, own))
    return items.map((item) => ({ kind: 'sending', key: item.id, item, mark: markOf(item) }))
}

function markOf(item: Sending): Mark {
    if (item.refused) return 'refused'
    return item.seq === undefined ? 'waiting' : 'delivered'
}

/**
 * The room may tell of a message before its acknowledgement comes; shown twice it would look sent twice. So one that
 * was said and stands there word for word, later than when it was said, is shown once.
 */
function isStored(item: Sending, own: Entry[]): boolean {
    const { saidAfter } = item
    if (saidAfter === undefined || item.refused || item.seq !== undefined) return false
    const at = own.findIndex((entry) => entry.seq > saidAfter && isSame(entry.body, item.body))
    if (at < 0) return false
    own.splice(at, 1)
    return true
}

function isSame(a: object, b: object): boolean {
    const sorted = (body: object) =>
        JSON.stringify(
            Object.entries(body)
                .filter(([, value]) => value != null)
                .sort(),
        )
    return sorted(a) === sorted(b)
}
