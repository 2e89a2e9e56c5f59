// For tests: the reducer with a phone around it that can be restarted at any moment.
import type { ClientFrame, ServerFrame } from './frames'
import { ROOM, type ModelServer } from './model_server'
import { reduce, type Effect, type Event } from './reducer'
import { emptyState, type LiveState, type Outgoing } from './state'

export class ModelClient {
    state: LiveState = emptyState
    /** What IndexedDB would hold. */
    readonly disk = new Map<string, Outgoing>()
    readonly typed: string[] = []
    connected = false
    /** Said on this connection and not answered: not to be said again meanwhile. */
    private readonly unanswered = new Set<string>()
    private now = 0

    constructor(private readonly server: ModelServer) {
        this.follow()
    }

    follow() {
        this.step({ type: 'follow', room: this.server.view() })
    }

    connect() {
        if (this.connected) return
        this.connected = true
        this.step({ type: 'opened', token: 'token', device: 'phone' })
    }

    disconnect() {
        this.server.cut()
        this.connected = false
        this.unanswered.clear()
        this.step({ type: 'closed' })
    }

    /** Everything in memory is gone; what is on disk is said again. */
    restart() {
        this.disconnect()
        this.state = emptyState
        this.follow()
        const items = [...this.disk.values()].map((item) => ({ ...item, saidAfter: Number.MAX_SAFE_INTEGER }))
        this.step({ type: 'typed', items, now: this.now })
    }

    write(text: string) {
        const id = `${String(this.typed.length).padStart(6, '0')}-x`
        this.typed.push(id)
        const item: Outgoing = { id, account: 'acc_1', room: ROOM, body: { kind: 'text', text }, typedAt: '' }
        this.disk.set(id, item)
        this.step({ type: 'typed', items: [item], now: this.now })
    }

    receive(frame: ServerFrame | undefined) {
        if (!frame) return
        if ('client_msg_id' in frame && frame.client_msg_id) this.unanswered.delete(frame.client_msg_id)
        this.step({ type: 'frame', frame, now: this.now })
    }

    wait(ms: number) {
        this.now += ms
        this.step({ type: 'tick', now: this.now })
    }

    ping() {
        if (this.connected) this.server.toServer.push({ type: 'ping', t: this.now })
    }

    private step(event: Event) {
        const [state, effects] = reduce(this.state, event)
        this.state = state
        effects.forEach((effect) => this.carryOut(effect))
    }

    private carryOut(effect: Effect) {
        if (effect.do === 'send' && this.connected) this.send(effect.frame)
        if (effect.do === 'keep') this.disk.set(effect.item.id, effect.item)
        if (effect.do === 'forget') this.disk.delete(effect.id)
        if (effect.do === 'reconnect' && this.connected) {
            this.disconnect()
            this.connect()
        }
    }

    private send(frame: ClientFrame) {
        this.server.toServer.push(frame)
        if (frame.type !== 'say') return
        if (this.unanswered.has(frame.client_msg_id)) throw new Error('said again before it was answered')
        this.unanswered.add(frame.client_msg_id)
    }
}
