/** What two devices tell each other through the server. `id` names one stay of one device; a new one begins anew. */
export interface Signal {
    id: string
    /** The stay it answers; null from somebody who does not know one yet. */
    for: string | null
    description?: RTCSessionDescriptionInit
    candidates?: RTCIceCandidateInit[]
    /** Their line does not come about: offer a new way. */
    again?: boolean
}

export interface Tracks {
    audio: MediaStreamTrack | null
    video: MediaStreamTrack | null
}

interface Hooks {
    send(signal: Omit<Signal, 'id' | 'for'>): void
    changed(): void
}

/** Candidates are told together: the server takes two frames a second. */
const GATHER_MS = 400
const AGAIN_AFTER_MS = 5_000

/** The connection to one other person. The one with the larger id offers, so that two offers never cross. */
export class Peer {
    readonly stream = new MediaStream()
    connected = false
    /** Since when it is not, by the device's clock. */
    brokenSince = Date.now()
    private readonly connection: RTCPeerConnection
    private candidates: RTCIceCandidateInit[] = []
    private early: RTCIceCandidateInit[] = []
    private timer: ReturnType<typeof setTimeout> | undefined
    private askedAt = 0

    constructor(
        readonly offers: boolean,
        private tracks: Tracks,
        ice: RTCIceServer[],
        private readonly hooks: Hooks,
    ) {
        this.connection = new RTCPeerConnection({ iceServers: ice, bundlePolicy: 'max-bundle' })
        this.connection.ontrack = ({ track }) => this.hear(track)
        this.connection.onicecandidate = ({ candidate }) => candidate && this.gathered(candidate)
        this.connection.onconnectionstatechange = () => this.changed()
    }

    private hear(track: MediaStreamTrack) {
        this.stream.addTrack(track)
        track.onmute = track.onunmute = this.hooks.changed
        this.hooks.changed()
    }

    private changed() {
        const was = this.connected
        this.connected = this.connection.connectionState === 'connected'
        if (was && !this.connected) this.brokenSince = Date.now()
        this.hooks.changed()
    }

    /** Makes the first offer, or a new one over another way. */
    async offer(again = false) {
        if (!this.offers || this.connection.signalingState !== 'stable') return
        if (this.connection.getTransceivers().length === 0) {
            this.connection.addTransceiver('audio', { direction: 'sendrecv' })
            this.connection.addTransceiver('video', { direction: 'sendrecv' })
            await this.attach()
        }
        await this.connection.setLocalDescription(await this.connection.createOffer({ iceRestart: again }))
        this.describe()
    }

    async take(signal: Signal) {
        if (signal.description) await this.described(signal.description)
        if (signal.candidates) await this.reachable(signal.candidates)
        if (signal.again) await this.offer(true)
    }

    private async described(description: RTCSessionDescriptionInit) {
        if (description.type === 'answer' && this.connection.signalingState !== 'have-local-offer') return
        await this.connection.setRemoteDescription(description)
        await this.reachable(this.early.splice(0))
        if (description.type !== 'offer') return
        this.connection.getTransceivers().forEach((transceiver) => (transceiver.direction = 'sendrecv'))
        await this.attach()
        await this.connection.setLocalDescription(await this.connection.createAnswer())
        this.describe()
    }

    private async reachable(candidates: RTCIceCandidateInit[]) {
        if (!this.connection.remoteDescription) return void this.early.push(...candidates)
        // One that does not fit is one way less, no more.
        for (const candidate of candidates) await this.connection.addIceCandidate(candidate).catch(() => {})
    }

    private describe() {
        const { localDescription } = this.connection
        if (localDescription) this.hooks.send({ description: localDescription.toJSON() })
    }

    private gathered(candidate: RTCIceCandidate) {
        this.candidates.push(candidate.toJSON())
        this.timer ??= setTimeout(() => {
            this.timer = undefined
            this.hooks.send({ candidates: this.candidates.splice(0) })
        }, GATHER_MS)
    }

    /** What we send, without a new negotiation; null is silence, or no picture. */
    async use(tracks: Tracks) {
        this.tracks = tracks
        await this.attach()
    }

    private async attach() {
        const [audio, video] = this.connection.getTransceivers()
        await audio?.sender.replaceTrack(this.tracks.audio)
        await video?.sender.replaceTrack(this.tracks.video)
    }

    /** Tries another way where the line does not come about. */
    mend(now: number) {
        if (this.connected || now - Math.max(this.brokenSince, this.askedAt) < AGAIN_AFTER_MS) return
        this.askedAt = now
        if (!this.offers) return this.hooks.send({ again: true })
        void (this.connection.signalingState === 'stable' ? this.offer(true) : this.repeat())
    }

    /** An offer that nobody answered may have been lost. */
    private repeat() {
        this.describe()
    }

    get hasPicture(): boolean {
        return this.stream.getVideoTracks().some((track) => track.readyState === 'live' && !track.muted)
    }

    stats = () => this.connection.getStats()

    close() {
        clearTimeout(this.timer)
        this.connection.ontrack = this.connection.onicecandidate = this.connection.onconnectionstatechange = null
        this.connection.getSenders().forEach((sender) => void sender.replaceTrack(null).catch(() => {}))
        this.connection.close()
        this.stream.getTracks().forEach((track) => {
            track.onmute = track.onunmute = null
            track.stop()
        })
    }
}
