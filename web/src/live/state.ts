import type { DisputeView, EntryBody, PersonId, Problem, RoomId, RoomView } from './frames'
import { emptyLog, type Log } from './log'

/** Why something was not stored. */
export type Refusal = Pick<Problem, 'code' | 'retry_after'>

/** Something typed, on its way into a room. Kept on the phone until the server has it on disk. */
export interface Outgoing {
    /** Sorts by when it was typed; the server knows it as `client_msg_id` and stores it once. */
    id: string
    account: string
    room: RoomId
    body: EntryBody
    typedAt: string
    /** Definitely not stored, and why; it waits for the person. */
    refused?: Refusal
}

export interface Sending extends Outgoing {
    /** Said on the connection that is open now, and not answered yet. */
    flying?: boolean
    /** Not again before this moment, in milliseconds. */
    notBefore?: number
    /** The last entry known when it was said first: it can only stand after that. Unknown after a restart: never. */
    saidAfter?: number
    /** It is on disk under this number. */
    seq?: number
    at?: string
}

export type Phase = 'away' | 'catching_up' | 'live'

export interface Room {
    /** Somebody looks at it. */
    wanted: boolean
    phase: Phase
    log: Log
    /** Up to here everything came that is ours; null before the first time. */
    cursor: number | null
    /** The last entry that is known to exist. */
    head: number
    /** What a pong promised; if it has not come by the next one, the line is dead in one direction. */
    promised: number
    /** The last entry shown on this screen. */
    seen: number
    /** How far we have told that we read. */
    told: number
    reads: Record<PersonId, number>
    online: PersonId[]
    /** Until when somebody counts as typing, in milliseconds. */
    typing: Record<PersonId, number>
    view: RoomView | null
    /** No longer, or never, ours to hear. */
    closed: boolean
}

export interface LiveState {
    line: 'down' | 'greeting' | 'up'
    rooms: Record<RoomId, Room>
    disputes: Record<string, { version: number; dispute: DisputeView }>
    outbox: Sending[]
}

export const emptyState: LiveState = { line: 'down', rooms: {}, disputes: {}, outbox: [] }

export const emptyRoom: Room = {
    wanted: false,
    phase: 'away',
    log: emptyLog,
    cursor: null,
    head: 0,
    promised: 0,
    seen: 0,
    told: 0,
    reads: {},
    online: [],
    typing: {},
    view: null,
    closed: false,
}

export function roomOf(state: LiveState, id: RoomId): Room {
    return state.rooms[id] ?? emptyRoom
}

export function withRoom(state: LiveState, id: RoomId, change: Partial<Room>): LiveState {
    return { ...state, rooms: { ...state.rooms, [id]: { ...roomOf(state, id), ...change } } }
}
