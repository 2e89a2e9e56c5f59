// For tests: a server that keeps what docs/asyncapi.json promises, over a line that loses whatever is on its way.
import type { ClientFrame, Entry, EntryBody, Problem, RoomView, ServerFrame } from './frames'

export const ROOM = 'rom_1'
export const ME = 'psn_me'
const OTHER = 'psn_other'
const AT = '2026-11-02T01:00:00Z'

const problem: Problem = { type: '/problems/unavailable', title: '', status: 503, code: 'unavailable', detail: '' }

/** One room, its log, and the one connection of the client under test. */
export class ModelServer {
    readonly log: Entry[] = []
    /** By `client_msg_id`, where it stands. */
    readonly stored = new Map<string, number>()
    /** What is ours to read: from, and to where we were removed. */
    readonly member: { from: number; to: number }[] = [{ from: 1, to: Number.MAX_SAFE_INTEGER }]
    toClient: ServerFrame[] = []
    toServer: ClientFrame[] = []
    private greeted = false
    private listening = false
    /** The next `say` is carried out, or not, and answered with `error`. */
    stumbles: 'before' | 'after' | null = null
    /** Resumes this much too early, as a server may. */
    overlap = 0

    get isMember() {
        return (this.member.at(-1)?.to ?? 0) > this.log.length
    }

    readable(seq: number): boolean {
        return this.member.some((span) => span.from <= seq && seq <= span.to)
    }

    view(): RoomView {
        const first = this.member[0]?.from ?? 1
        const members = [ME, OTHER].map((person) => ({ person, part: 'applicant' as const, name: person, read: 0 }))
        const head = this.log.length
        return { id: ROOM, dispute: 'dsp_1', kind: 'joint', open: true, first, head, read: 0, unread: 0, members }
    }

    /** The line breaks: what was on its way in either direction is gone. */
    cut() {
        this.toClient = []
        this.toServer = []
        this.greeted = this.listening = false
    }

    append(sender: string, body: EntryBody) {
        const entry: Entry = { seq: this.log.length + 1, sender, at: AT, body }
        this.log.push(entry)
        if (this.listening && this.readable(entry.seq)) this.tell([entry])
        return entry.seq
    }

    somebodySays(text: string) {
        this.append(OTHER, { kind: 'text', text })
    }

    remove() {
        if (!this.isMember) return
        const span = this.member.at(-1)
        if (span) span.to = this.log.length
        if (this.listening) this.toClient.push({ type: 'left', room: ROOM })
        this.listening = false
    }

    readmit() {
        if (this.isMember) return
        this.member.push({ from: this.log.length + 1, to: Number.MAX_SAFE_INTEGER })
        if (this.greeted) this.state()
    }

    /** Takes the next frame of the client. */
    take() {
        const frame = this.toServer.shift()
        if (!frame) return
        if (frame.type === 'hello') this.hello(frame.cursors ?? {})
        if (!this.greeted) return
        if (frame.type === 'subscribe') this.subscribe(frame.after ?? 0)
        if (frame.type === 'unsubscribe') this.listening = false
        if (frame.type === 'say') this.say(frame.client_msg_id, frame.body)
        if (frame.type === 'ping') this.pong(frame.t ?? 0)
    }

    private hello(cursors: Record<string, number>) {
        this.greeted = true
        const limits = { frame_bytes: 65536, burst: 20, per_second: 2, rooms: 64, sockets: 3 }
        const heartbeat = { ping: 25, silence: 60 }
        this.toClient.push({ type: 'welcome', login: 'lgn_1', server_time: AT, expires_at: AT, heartbeat, limits })
        const after = cursors[ROOM]
        if (after !== undefined) this.subscribe(after)
        if (this.isMember) this.state()
    }

    private state() {
        const dispute = { id: 'dsp_1' } as never
        this.toClient.push({ type: 'state', version: this.log.length, dispute, rooms: [this.view()] })
    }

    private subscribe(after: number) {
        if (!this.isMember) {
            const refusal: Problem = { ...problem, code: 'not_found' }
            return void this.toClient.push({ type: 'error', room: ROOM, problem: refusal })
        }
        const from = Math.max(0, after - this.overlap)
        this.tell(this.log.filter((entry) => entry.seq > from && this.readable(entry.seq)))
        this.toClient.push({ type: 'caught_up', room: ROOM, head: this.log.length })
        this.listening = true
    }

    /** In frames of at most three entries, none with a hole inside. */
    private tell(entries: Entry[]) {
        let run: Entry[] = []
        const flush = () => {
            const [first, last] = [run[0], run.at(-1)]
            if (first && last)
                this.toClient.push({ type: 'entries', room: ROOM, from: first.seq, to: last.seq, entries: run })
            run = []
        }
        for (const entry of entries) {
            const last = run.at(-1)
            if (last && (last.seq + 1 !== entry.seq || run.length === 3)) flush()
            run.push(entry)
        }
        flush()
    }

    private say(client_msg_id: string, body: EntryBody) {
        const stumbles = this.stumbles
        this.stumbles = null
        const unknown: ServerFrame = { type: 'error', client_msg_id, problem }
        if (stumbles === 'before') return void this.toClient.push(unknown)
        const known = this.stored.get(client_msg_id)
        if (known === undefined && !this.isMember) {
            const refusal: Problem = { ...problem, code: 'not_permitted' }
            return void this.toClient.push({ type: 'refused', client_msg_id, problem: refusal })
        }
        const seq = known ?? this.append(ME, body)
        this.stored.set(client_msg_id, seq)
        this.toClient.push(stumbles === 'after' ? unknown : { type: 'ack', client_msg_id, room: ROOM, seq, at: AT })
    }

    private pong(t: number) {
        const heads: Record<string, number> = this.listening ? { [ROOM]: this.log.length } : {}
        this.toClient.push({ type: 'pong', t, heads })
    }
}
