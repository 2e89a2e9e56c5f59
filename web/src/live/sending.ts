import type { RoomId } from './frames'
import { knows } from './log'
import type { Effect, Step } from './reducer'
import { roomOf, type LiveState, type Refusal, type Sending } from './state'

/** Refused for a reason that passes by itself: said again, with the same id. */
const PASSING = new Set<string>(['too_many_requests', 'unavailable', 'internal', 'storage_full'])
const WAIT_MS = 2_000

function change(state: LiveState, id: string, to: Partial<Sending>): LiveState {
    return { ...state, outbox: state.outbox.map((item) => (item.id === id ? { ...item, ...to } : item)) }
}

const isOpen = (item: Sending) => item.seq === undefined && item.refused === undefined

/** Where in the room it can stand at the earliest: after all that is known, and after what was acknowledged before. */
function lastKnown(state: LiveState, room: RoomId): number {
    const acknowledged = state.outbox.map((item) => (item.room === room ? (item.seq ?? 0) : 0))
    return Math.max(roomOf(state, room).cursor ?? 0, ...acknowledged)
}

export function typed(state: LiveState, items: Sending[], now: number): Step {
    const known = new Set(state.outbox.map((item) => item.id))
    const fresh = items.filter((item) => !known.has(item.id))
    const outbox = [...state.outbox, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1))
    return sayNext({ ...state, outbox }, now)
}

export function discarded(state: LiveState, id: string, now: number): Step {
    return sayNext({ ...state, outbox: state.outbox.filter((item) => item.id !== id) }, now)
}

/** One in each room is on its way at a time, so that what was typed first stands first. */
export function sayNext(state: LiveState, now: number): Step {
    if (state.line !== 'up') return [state, []]
    const taken = new Set<RoomId>()
    const effects: Effect[] = []
    const outbox = state.outbox.map((item) => {
        if (!isOpen(item) || taken.has(item.room)) return item
        taken.add(item.room)
        if (item.flying || (item.notBefore ?? 0) > now) return item
        const { id: client_msg_id, room, body } = item
        effects.push({ do: 'send', frame: { type: 'say', room, client_msg_id, body } })
        return { ...item, flying: true, saidAfter: item.saidAfter ?? lastKnown(state, room) }
    })
    return effects.length > 0 ? [{ ...state, outbox }, effects] : [state, []]
}

interface Acknowledged {
    id: string
    seq: number
    at: string
    now: number
}

export function acknowledged(state: LiveState, { id, seq, at, now }: Acknowledged): Step {
    const item = state.outbox.find((known) => known.id === id)
    if (!item) return [state, []]
    const settled = change(state, id, { seq, at, flying: false, refused: undefined })
    const [next, effects] = sayNext(arrived(settled, item.room), now)
    return [next, item.seq === undefined ? [{ do: 'forget', id, seq, at }, ...effects] : effects]
}

/** What stands in the room is shown from there, and no longer as on its way. */
export function arrived(state: LiveState, room: RoomId): LiveState {
    const { log } = roomOf(state, room)
    const rest = state.outbox.filter((item) => item.room !== room || item.seq === undefined || !knows(log, item.seq))
    return rest.length === state.outbox.length ? state : { ...state, outbox: rest }
}

function waitOf(problem: Refusal): number {
    return problem.retry_after ? problem.retry_after * 1_000 : WAIT_MS
}

export function refused(state: LiveState, id: string, problem: Refusal, now: number): Step {
    const item = state.outbox.find((known) => known.id === id)
    if (!item) return [state, []]
    if (PASSING.has(problem.code)) return [unknown(state, id, problem, now), []]
    const why = { code: problem.code, retry_after: problem.retry_after }
    const [next, effects] = sayNext(change(state, id, { refused: why, flying: false }), now)
    const { account, room, body, typedAt } = item
    return [next, [{ do: 'keep', item: { id, account, room, body, typedAt, refused: why } }, ...effects]]
}

/** It may be stored or not: it is said again with the same id. */
export function unknown(state: LiveState, id: string, problem: Refusal, now: number): LiveState {
    return change(state, id, { flying: false, notBefore: now + waitOf(problem) })
}
