import { login, onLogin, accessToken, renew } from '@/api/tokens'
import { deviceName } from '@/device/installation'
import { timedId } from '@/device/random'
import { shallowRef } from 'vue'
import type { ClientFrame, EntryBody, RoomView, ServerFrame } from './frames'
import { ByRequest } from './by_request'
import { outbox } from './outbox'
import { reduce, type Effect, type Event } from './reducer'
import { Socket } from './socket'
import { emptyState, roomOf, type LiveState, type Outgoing } from './state'

/** Where the line is, for people: there, being made, not possible, or in another window. */
export type Line = 'up' | 'down' | 'elsewhere'

const state = shallowRef<LiveState>(emptyState)
const line = shallowRef<Line>('down')
let account: string | null = null
let ticking: ReturnType<typeof setInterval> | null = null
const listeners = new Set<(frame: ServerFrame) => void>()

const url = () => `${location.origin.replace(/^http/, 'ws')}/v1/live`

const socket = new Socket({
    get url() {
        return url()
    },
    token: (used) => (used === null ? accessToken() : renew(used)),
    opened: (token) => dispatch({ type: 'opened', token, device: deviceName() }),
    heard: (frame) => {
        dispatch({ type: 'frame', frame, now: Date.now() })
        listeners.forEach((listen) => listen(frame))
    },
    closed: () => dispatch({ type: 'closed' }),
    rests: (why) => (line.value = why === 'elsewhere' ? 'elsewhere' : 'down'),
})

function dispatch(event: Event) {
    const [next, effects] = reduce(state.value, event)
    state.value = next
    if (line.value !== 'elsewhere' || next.line !== 'down') line.value = next.line === 'up' ? 'up' : 'down'
    effects.forEach(carryOut)
}

function carryOut(effect: Effect) {
    if (effect.do === 'send') socket.send(effect.frame)
    if (effect.do === 'reconnect') socket.reopen()
    if (effect.do === 'keep') void outbox.keep(effect.item)
    if (effect.do === 'forget') void outbox.forget(effect)
}

/** For as long as somebody is signed in. */
async function start(whose: string) {
    if (account === whose) return
    stop()
    account = whose
    const known = await outbox.of(whose)
    // Said before the restart or not: nobody knows, so nothing in the room is taken for it.
    const items = known.map((item) => ({ ...item, saidAfter: Number.MAX_SAFE_INTEGER }))
    if (account !== whose) return
    dispatch({ type: 'typed', items, now: Date.now() })
    ticking = setInterval(tick, 1_000)
    socket.start()
}

const byRequest = new ByRequest(dispatch)

function tick() {
    const now = Date.now()
    dispatch({ type: 'tick', now })
    byRequest.tick(state.value, now)
}

function stop() {
    account = null
    if (ticking) clearInterval(ticking)
    socket.stop()
    state.value = emptyState
    line.value = 'down'
}

function wake() {
    if (document.visibilityState !== 'visible') return
    if (line.value === 'elsewhere') line.value = 'down'
    socket.wake()
}

let isWatching = false
function watch() {
    if (isWatching) return
    isWatching = true
    document.addEventListener('visibilitychange', wake)
    for (const event of ['pageshow', 'online', 'focus']) addEventListener(event, wake)
    addEventListener('offline', () => account && socket.reopen())
    onLogin((now) => (now ? void start(now.account) : stop()))
    outbox.onSettled((settled) => dispatch({ type: 'acknowledged', ...settled, now: Date.now() }))
}

export const live = {
    state,
    line,
    /** Opens the line where somebody is signed in; harmless when it is open. */
    begin() {
        watch()
        const known = login()
        if (known) void start(known.account)
    },
    follow: (room: RoomView) => dispatch({ type: 'follow', room }),
    unfollow: (room: string) => dispatch({ type: 'unfollow', room }),
    seen: (room: string, seq: number) => dispatch({ type: 'seen', room, seq }),
    typing: (room: string) => state.value.line === 'up' && socket.send({ type: 'typing', room }),
    /** Hears every frame until what it returns is called: for sound and picture, which are not kept here. */
    listen(listener: (frame: ServerFrame) => void): () => void {
        listeners.add(listener)
        return () => listeners.delete(listener)
    },
    /** Handed on if there is a line now, and lost if not: whoever signals says it again. */
    signal: (frame: Extract<ClientFrame, { type: 'signal' }>) => state.value.line === 'up' && socket.send(frame),
    page: (event: Omit<Extract<Event, { type: 'page' }>, 'type'>) => dispatch({ type: 'page', ...event }),
    wake,
    /** Resolves when it is kept on this device: only then may it leave the box it was typed in. */
    async say(room: string, body: EntryBody): Promise<void> {
        if (!account) throw new Error('nobody is signed in')
        const now = Date.now()
        const item: Outgoing = { id: timedId(now), account, room, body, typedAt: new Date(now).toISOString() }
        await outbox.keep(item)
        dispatch({ type: 'typed', items: [item], now })
    },
    /** What was refused, or is to be worded differently. */
    async discard(id: string): Promise<void> {
        await outbox.discard(id)
        dispatch({ type: 'discarded', id, now: Date.now() })
    },
    room: (id: string) => roomOf(state.value, id),
}
