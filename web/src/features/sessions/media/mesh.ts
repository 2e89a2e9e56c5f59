import { randomId } from '@/device/random'
import { Peer, type Signal, type Tracks } from './peer'
import type { Here } from './place'

export interface Wire {
    /** Our own person. */
    me: string
    send(room: string, to: string, signal: Signal): void
    changed(): void
}

interface Other {
    peer: Peer
    /** Their stay that the connection belongs to. */
    id: string | null
    greetedAt: number
}

const GREET_EVERY_MS = 4_000

/** Connections to everybody in one media room, and to nobody else. */
export class Mesh {
    private here: Here | null = null
    private id = randomId()
    private readonly others = new Map<string, Other>()
    private tracks: Tracks = { audio: null, video: null }
    private ice: RTCIceServer[] = []

    constructor(private readonly wire: Wire) {}

    /** Who is in now; whoever is not is closed at once. */
    connect(here: Here, people: string[]) {
        if (this.here?.room !== here.room) this.stop()
        this.here = here
        for (const person of this.others.keys()) if (!people.includes(person)) this.drop(person)
        for (const person of people) if (!this.others.has(person)) this.greet(person, this.begin(person, null))
        this.wire.changed()
    }

    iceServers(servers: RTCIceServer[]) {
        this.ice = servers
    }

    /** Nothing of ours goes out from here on, and nothing comes in. */
    stop() {
        for (const person of [...this.others.keys()]) this.drop(person)
        this.here = null
        this.id = randomId()
        this.wire.changed()
    }

    async use(tracks: Tracks) {
        this.tracks = tracks
        await Promise.all([...this.others.values()].map(({ peer }) => peer.use(tracks)))
    }

    async heard(room: string, from: string, signal: Signal) {
        if (room !== this.here?.room || from === this.wire.me) return
        if (signal.for !== null && signal.for !== this.id) return
        const known = this.others.get(from)
        const isNew = !known || known.id !== signal.id
        const other = isNew ? this.anew(from, signal.id) : known
        const isGreeting = !signal.description && !signal.candidates && !signal.again
        if (isGreeting) {
            if (other.peer.offers && isNew) return void other.peer.offer().catch(() => {})
            if (signal.for === null) this.greet(from, other)
            return
        }
        await other.peer.take(signal).catch(() => this.wire.changed())
    }

    /** They came anew: what belonged to their last stay is of no use. */
    private anew(person: string, id: string): Other {
        const known = this.others.get(person)
        if (known && known.id === null) {
            known.id = id
            return known
        }
        this.drop(person)
        return this.begin(person, id)
    }

    private begin(person: string, id: string | null): Other {
        const peer = new Peer(this.wire.me > person, this.tracks, this.ice, {
            send: (signal) => this.send(person, signal),
            changed: this.wire.changed,
        })
        const other = { peer, id, greetedAt: 0 }
        this.others.set(person, other)
        return other
    }

    private greet(person: string, other: Other) {
        other.greetedAt = Date.now()
        this.send(person, {})
    }

    private send(person: string, signal: Omit<Signal, 'id' | 'for'>) {
        const other = this.others.get(person)
        if (this.here && other) this.wire.send(this.here.room, person, { id: this.id, for: other.id, ...signal })
    }

    private drop(person: string) {
        this.others.get(person)?.peer.close()
        this.others.delete(person)
    }

    /** Once a second: greets who has not been heard of, and mends what is broken. */
    tick(now: number) {
        for (const [person, other] of this.others) {
            if (other.id !== null) other.peer.mend(now)
            else if (now - other.greetedAt >= GREET_EVERY_MS) this.greet(person, other)
        }
    }

    get people(): { person: string; peer: Peer }[] {
        return [...this.others].map(([person, { peer }]) => ({ person, peer }))
    }
}
