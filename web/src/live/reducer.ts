import type { ClientFrame, Entry, RoomId, RoomView, ServerFrame } from './frames'
import { cover } from './log'
import { onFrame } from './on_frame'
import * as sending from './sending'
import { roomOf, withRoom, type LiveState, type Outgoing, type Refusal, type Sending } from './state'

/** What happens to the sync layer. */
export type Event =
    | { type: 'opened'; token: string; device: string }
    | { type: 'closed' }
    | { type: 'frame'; frame: ServerFrame; now: number }
    | { type: 'follow'; room: RoomView }
    | { type: 'unfollow'; room: RoomId }
    | { type: 'page'; room: RoomId; after: number; to: number; entries: Entry[] }
    | { type: 'fetched'; room: RoomId; after: number; entries: Entry[] }
    | { type: 'refused'; id: string; problem: Refusal; now: number }
    | { type: 'seen'; room: RoomId; seq: number }
    | { type: 'typed'; items: Sending[]; now: number }
    | { type: 'discarded'; id: string; now: number }
    | { type: 'acknowledged'; id: string; seq: number; at: string; now: number }
    | { type: 'tick'; now: number }

/** What is to be done about it outside. */
export type Effect =
    | { do: 'send'; frame: ClientFrame }
    | { do: 'keep'; item: Outgoing }
    | { do: 'forget'; id: string; seq: number; at: string }
    | { do: 'reconnect' }

export type Step = [LiveState, Effect[]]

/** The first entries that are loaded of a long room; what is before comes when one scrolls up. */
export const TAIL = 60

/** Pure: the same events give the same state and the same effects. */
export function reduce(state: LiveState, event: Event): Step {
    switch (event.type) {
        case 'opened':
            return opened(state, event.token, event.device)
        case 'closed':
            return [closed(state), []]
        case 'frame':
            return onFrame(state, event.frame, event.now)
        case 'follow':
            return follow(state, event.room)
        case 'unfollow':
            return unfollow(state, event.room)
        case 'page':
            return [paged(state, event.room, event.after, event.to, event.entries), []]
        case 'fetched':
            return [fetched(state, event.room, event.after, event.entries), []]
        case 'refused':
            return sending.refused(state, event.id, event.problem, event.now)
        case 'seen':
            return seen(state, event.room, event.seq)
        case 'typed':
            return sending.typed(state, event.items, event.now)
        case 'discarded':
            return sending.discarded(state, event.id, event.now)
        case 'acknowledged':
            return sending.acknowledged(state, event)
        case 'tick':
            return tick(state, event.now)
    }
}

function opened(state: LiveState, token: string, device: string): Step {
    const cursors: Record<RoomId, number> = {}
    let next: LiveState = { ...state, line: 'greeting' }
    for (const [id, room] of Object.entries(state.rooms)) {
        if (!room.wanted || room.closed) continue
        cursors[id] = room.cursor ?? 0
        next = withRoom(next, id, { phase: 'catching_up', promised: 0 })
    }
    const states = Object.fromEntries(Object.entries(state.disputes).map(([id, known]) => [id, known.version]))
    return [next, [{ do: 'send', frame: { type: 'hello', token, device, cursors, states } }]]
}

function closed(state: LiveState): LiveState {
    const rooms = Object.entries(state.rooms).map(([id, room]) => {
        const away = { ...room, phase: 'away' as const, online: [], typing: {}, told: room.view?.read ?? 0 }
        return [id, away] as const
    })
    const outbox = state.outbox.map((item) => ({ ...item, flying: false }))
    return { ...state, line: 'down', rooms: Object.fromEntries(rooms), outbox }
}

function follow(state: LiveState, view: RoomView): Step {
    const room = roomOf(state, view.id)
    const cursor = room.cursor ?? Math.max(view.first - 1, view.head - TAIL, 0)
    const known = { wanted: true, closed: false, cursor, view, head: Math.max(room.head, view.head) }
    const reads = Object.fromEntries(view.members.map((member) => [member.person, member.read]))
    const next = withRoom(state, view.id, {
        ...known,
        told: Math.max(room.told, view.read),
        reads: { ...reads, ...room.reads },
    })
    if (state.line !== 'up' || room.phase !== 'away') return [next, []]
    const frame: ClientFrame = { type: 'subscribe', room: view.id, after: cursor }
    return [withRoom(next, view.id, { phase: 'catching_up' }), [{ do: 'send', frame }]]
}

function unfollow(state: LiveState, id: RoomId): Step {
    const room = roomOf(state, id)
    const next = withRoom(state, id, { wanted: false, phase: 'away', online: [], typing: {} })
    const listening = state.line === 'up' && room.phase !== 'away'
    return [next, listening ? [{ do: 'send', frame: { type: 'unsubscribe', room: id } }] : []]
}

/** An older stretch, loaded because somebody scrolled up. */
function paged(state: LiveState, id: RoomId, after: number, to: number, entries: Entry[]): LiveState {
    const room = roomOf(state, id)
    return withRoom(state, id, { log: cover(room.log, after + 1, to, entries) })
}

/** What came another way while there was no socket; with one, the socket has the word. */
function fetched(state: LiveState, id: RoomId, after: number, entries: Entry[]): LiveState {
    const room = roomOf(state, id)
    const to = entries.at(-1)?.seq
    if (to === undefined || room.phase !== 'away' || room.cursor !== after) return state
    const log = cover(room.log, after + 1, to, entries)
    return sending.arrived(withRoom(state, id, { log, cursor: to, head: Math.max(room.head, to) }), id)
}

function seen(state: LiveState, id: RoomId, seq: number): Step {
    const room = roomOf(state, id)
    if (seq <= room.seen) return [state, []]
    return tellRead(withRoom(state, id, { seen: seq }), id)
}

/** Says how far one has read, where that is more than was said. */
export function tellRead(state: LiveState, id: RoomId): Step {
    const room = roomOf(state, id)
    if (state.line !== 'up' || room.seen <= room.told) return [state, []]
    const frame: ClientFrame = { type: 'read', room: id, seq: room.seen }
    return [withRoom(state, id, { told: room.seen }), [{ do: 'send', frame }]]
}

function tick(state: LiveState, now: number): Step {
    let next = state
    for (const [id, room] of Object.entries(state.rooms)) {
        const typing = Object.fromEntries(Object.entries(room.typing).filter(([, until]) => until > now))
        if (Object.keys(typing).length < Object.keys(room.typing).length) next = withRoom(next, id, { typing })
    }
    return sending.sayNext(next, now)
}
