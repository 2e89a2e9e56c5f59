import { learnTime, serverNow } from '@/api/clock'
import type { Result } from '@/api/result'
import { comebackOf, waitBefore } from './comeback'
import type { ClientFrame, Frame, ServerFrame } from './frames'
import { Pace } from './pace'

const PROTOCOL = 'ala.v1'
const PING_EVERY_MS = 20_000
const ANSWER_WITHIN_MS = 6_000
const GREETED_WITHIN_MS = 12_000
/** After so much silence the first thing said is preceded by a ping: a line may have died unnoticed. */
const SILENCE_MS = 30_000
const STEADY_AFTER_MS = 15_000
const MENDED_AFTER_MS = 60_000

export interface Hooks {
    url: string
    /** An access token; `used` is one that was refused or is about to lapse. */
    token(used: string | null): Promise<Result<string> | null>
    opened(token: string): void
    heard(frame: ServerFrame): void
    closed(): void
    /** Why there is no connection and none is being tried. */
    rests(why: 'signed_out' | 'elsewhere'): void
}

/** One connection to the server, opened again for as long as it is wanted. */
export class Socket {
    private wanted = false
    private socket: WebSocket | null = null
    private timers = new Map<string, ReturnType<typeof setTimeout>>()
    private queue: ClientFrame[] = []
    private pace: Pace | null = null
    private attempt = 0
    private told: number | null = null
    private token: string | null = null
    private refused: string | null = null
    private heardAt = 0
    private resting = false

    constructor(private readonly hooks: Hooks) {}

    start() {
        if (this.wanted) return
        this.wanted = true
        void this.open()
    }

    stop() {
        this.wanted = false
        this.timers.forEach(clearTimeout)
        this.timers.clear()
        this.drop()
    }

    send(frame: ClientFrame) {
        if (!this.socket) return
        if (Date.now() - this.heardAt > SILENCE_MS) this.ping()
        this.queue.push(frame)
        this.flush()
    }

    /** Somebody turned to the page, or the network is back: try now, and doubt a line that looks open. */
    wake() {
        if (!this.wanted) return
        this.resting = false
        if (this.socket) return this.ping()
        if (this.timers.has('open') || !this.isOpening) {
            this.attempt = 0
            void this.open()
        }
    }

    /** The line is no good, whatever it says. */
    reopen() {
        this.drop()
        this.later('open', waitBefore(this.attempt++, this.told, Math.random()), () => void this.open())
    }

    private isOpening = false

    private async open() {
        this.cancel('open')
        if (!this.wanted || this.socket || this.isOpening || this.resting) return
        this.isOpening = true
        const token = await this.hooks.token(this.refused)
        this.isOpening = false
        if (!this.wanted) return
        if (!token || (!token.ok && token.trouble.code === 'unauthenticated')) return this.hooks.rests('signed_out')
        if (!token.ok) return this.reopen()
        this.connect(token.value)
    }

    private connect(token: string) {
        const socket = new WebSocket(this.hooks.url, PROTOCOL)
        this.socket = socket
        this.token = token
        this.told = null
        this.later('greeting', GREETED_WITHIN_MS, () => this.reopen())
        socket.onopen = () => {
            this.heardAt = Date.now()
            this.hooks.opened(token)
        }
        socket.onmessage = (event) => this.hear(JSON.parse(String(event.data)) as ServerFrame)
        socket.onclose = (event) => this.socket === socket && this.lost(event.code)
    }

    private hear(frame: ServerFrame) {
        this.heardAt = Date.now()
        this.cancel('answer')
        if (frame.type === 'welcome') this.welcomed(frame)
        if (frame.type === 'reauthenticated') this.renewBefore(frame.expires_at, null)
        if (frame.type === 'closing') this.told = frame.retry_after ?? null
        this.hooks.heard(frame)
    }

    private welcomed(frame: Frame<'welcome'>) {
        this.cancel('greeting')
        learnTime(frame.server_time)
        this.refused = null
        this.pace = new Pace(frame.limits.burst - 4, frame.limits.per_second, Date.now())
        this.later('steady', STEADY_AFTER_MS, () => (this.attempt = 0))
        this.later('ping', PING_EVERY_MS, () => this.pinging())
        this.renewBefore(frame.expires_at, frame.server_time)
        this.flush()
    }

    /** A minute before, or halfway where there is less. */
    private renewBefore(expiresAt: string, serverTime: string | null) {
        const left = Date.parse(expiresAt) - (serverTime ? Date.parse(serverTime) : serverNow())
        this.later('renew', Math.max(left / 2, left - 60_000), () => void this.renew())
    }

    private async renew() {
        const fresh = await this.hooks.token(this.token)
        if (!fresh?.ok) return this.reopen()
        this.token = fresh.value
        this.send({ type: 'reauth', token: fresh.value })
    }

    private pinging() {
        this.ping()
        this.later('ping', PING_EVERY_MS, () => this.pinging())
    }

    private ping() {
        if (this.socket?.readyState !== WebSocket.OPEN || !this.pace) return
        this.socket.send(JSON.stringify({ type: 'ping', t: Date.now() } satisfies ClientFrame))
        if (!this.timers.has('answer')) this.later('answer', ANSWER_WITHIN_MS, () => this.reopen())
    }

    private flush() {
        while (this.socket?.readyState === WebSocket.OPEN && this.queue.length > 0) {
            const [frame] = this.queue
            // Before the welcome there is one frame, and it is `hello`.
            if (!this.pace && frame?.type !== 'hello') return
            const wait = this.pace?.take(Date.now()) ?? 0
            if (wait > 0) return this.later('flush', wait, () => this.flush())
            this.queue.shift()
            this.socket.send(JSON.stringify(frame))
        }
    }

    private lost(code: number) {
        this.drop()
        if (!this.wanted) return
        const comeback = comebackOf(code)
        if (comeback === 'asked') {
            this.resting = true
            return this.hooks.rests('elsewhere')
        }
        if (comeback === 'sign_in') this.refused = this.token
        const wait = comeback === 'mended' ? MENDED_AFTER_MS : waitBefore(this.attempt, this.told, Math.random())
        this.attempt += 1
        this.later('open', wait, () => void this.open())
    }

    private drop() {
        const socket = this.socket
        this.socket = null
        this.pace = null
        this.queue = []
        for (const name of ['greeting', 'steady', 'ping', 'answer', 'renew', 'flush']) this.cancel(name)
        if (!socket) return
        socket.onclose = socket.onmessage = socket.onopen = null
        socket.close()
        this.hooks.closed()
    }

    private later(name: string, ms: number, work: () => void) {
        this.cancel(name)
        this.timers.set(
            name,
            setTimeout(() => {
                this.timers.delete(name)
                work()
            }, ms),
        )
    }

    private cancel(name: string) {
        clearTimeout(this.timers.get(name))
        this.timers.delete(name)
    }
}
