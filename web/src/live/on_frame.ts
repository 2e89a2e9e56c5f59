import type { Frame, RoomId, RoomView, ServerFrame } from './frames'
import { cover, knows } from './log'
import { tellRead, type Effect, type Step } from './reducer'
import * as sending from './sending'
import { roomOf, withRoom, type LiveState } from './state'

const TYPING_LASTS_MS = 5_000

export function onFrame(state: LiveState, frame: ServerFrame, now: number): Step {
    switch (frame.type) {
        case 'welcome':
            return welcomed(state, now)
        case 'entries':
            return entries(state, frame)
        case 'caught_up':
            return caughtUp(state, frame)
        case 'ack':
            return sending.acknowledged(state, { id: frame.client_msg_id, seq: frame.seq, at: frame.at, now })
        case 'refused':
            return sending.refused(state, frame.client_msg_id, frame.problem, now)
        case 'error':
            return error(state, frame, now)
        case 'state':
            return snapshot(state, frame)
        case 'read':
            return [read(state, frame), []]
        case 'presence':
            return [presence(state, frame), []]
        case 'typing':
            return [typing(state, frame, now), []]
        case 'pong':
            return pong(state, frame)
        case 'left':
            return [withRoom(state, frame.room, { phase: 'away', closed: true, online: [], typing: {} }), []]
        default:
            // Media and the socket's own affairs are others' business.
            return [state, []]
    }
}

/** Rooms that somebody turned to while `hello` was on its way are asked for now. */
function welcomed(state: LiveState, now: number): Step {
    let next: LiveState = { ...state, line: 'up' }
    const asked: Effect[] = []
    for (const [id, room] of Object.entries(state.rooms)) {
        if (!room.wanted || room.closed || room.phase !== 'away') continue
        next = withRoom(next, id, { phase: 'catching_up', promised: 0 })
        asked.push({ do: 'send', frame: { type: 'subscribe', room: id, after: room.cursor ?? 0 } })
    }
    const [said, effects] = sending.sayNext(next, now)
    return [said, [...asked, ...effects]]
}

function entries(state: LiveState, frame: Frame<'entries'>): Step {
    const room = roomOf(state, frame.room)
    const cursor = room.cursor ?? 0
    if (room.phase === 'away' || frame.to <= cursor) return [state, []]
    // A backlog may have holes where one was not in the room. Live, a hole is a loss: begin again from the cursor.
    if (room.phase === 'live' && frame.from > cursor + 1) return [state, [{ do: 'reconnect' }]]
    const log = cover(room.log, cursor + 1, frame.to, frame.entries)
    const last = frame.entries.at(-1)
    const typing = { ...room.typing }
    if (last?.sender) delete typing[last.sender]
    const head = Math.max(room.head, frame.to)
    return [sending.arrived(withRoom(state, frame.room, { log, cursor: frame.to, head, typing }), frame.room), []]
}

function caughtUp(state: LiveState, frame: Frame<'caught_up'>): Step {
    const room = roomOf(state, frame.room)
    if (room.phase === 'away') return [state, []]
    const cursor = Math.max(room.cursor ?? 0, frame.head)
    const log = cover(room.log, (room.cursor ?? 0) + 1, frame.head, [])
    const next = withRoom(state, frame.room, { phase: 'live', log, cursor, head: Math.max(room.head, frame.head) })
    return tellRead(sending.arrived(next, frame.room), frame.room)
}

function error(state: LiveState, frame: Frame<'error'>, now: number): Step {
    if (frame.client_msg_id) return [sending.unknown(state, frame.client_msg_id, frame.problem, now), []]
    if (!frame.room || !['not_found', 'not_permitted'].includes(frame.problem.code)) return [state, []]
    return [withRoom(state, frame.room, { phase: 'away', closed: true }), []]
}

function snapshot(state: LiveState, frame: Frame<'state'>): Step {
    const { dispute, version, rooms } = frame
    let next: LiveState = { ...state, disputes: { ...state.disputes, [dispute.id]: { version, dispute } } }
    const effects: Effect[] = []
    for (const view of rooms) {
        const [changed, more] = viewed(next, view)
        next = changed
        effects.push(...more)
    }
    return [next, effects]
}

function viewed(state: LiveState, view: RoomView): Step {
    const room = roomOf(state, view.id)
    const reads = { ...room.reads }
    // What others have read may be older here than what we were told.
    for (const { person, read: to } of view.members) reads[person] = Math.max(reads[person] ?? 0, to)
    const known = { view, reads, head: Math.max(room.head, view.head), told: Math.max(room.told, view.read) }
    const back = room.closed && room.wanted && state.line === 'up'
    if (!back) return [withRoom(state, view.id, { ...known, closed: false }), []]
    const next = withRoom(state, view.id, { ...known, closed: false, phase: 'catching_up' })
    return [next, [{ do: 'send', frame: { type: 'subscribe', room: view.id, after: room.cursor ?? 0 } }]]
}

function read(state: LiveState, frame: Frame<'read'>): LiveState {
    const { reads } = roomOf(state, frame.room)
    const to = Math.max(reads[frame.person] ?? 0, frame.seq)
    return withRoom(state, frame.room, { reads: { ...reads, [frame.person]: to } })
}

function presence(state: LiveState, frame: Frame<'presence'>): LiveState {
    const others = roomOf(state, frame.room).online.filter((person) => person !== frame.person)
    return withRoom(state, frame.room, { online: frame.online ? [...others, frame.person] : others })
}

function typing(state: LiveState, frame: Frame<'typing'>, now: number): LiveState {
    const known = roomOf(state, frame.room).typing
    return withRoom(state, frame.room, { typing: { ...known, [frame.person]: now + TYPING_LASTS_MS } })
}

/** What one pong promised has to be here at the next: otherwise we are heard, and hear nothing. */
function pong(state: LiveState, frame: Frame<'pong'>): Step {
    let next = state
    for (const [id, head] of Object.entries(frame.heads)) {
        const room = roomOf(state, id as RoomId)
        if (room.phase !== 'live') continue
        if (room.promised > (room.cursor ?? 0)) return [state, [{ do: 'reconnect' }]]
        next = withRoom(next, id, { promised: knows(room.log, head) ? 0 : head, head: Math.max(room.head, head) })
    }
    return [next, []]
}
