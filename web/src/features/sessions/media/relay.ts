import captureUrl from './capture.worklet.js?url&no-inline'
import { pack, unpack } from './packets'
import { Player } from './player'

const PROTOCOL = 'ala.media.v1'
const OPUS: AudioEncoderConfig = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 1, bitrate: 24_000 }

export const canRelay = () =>
    'AudioEncoder' in globalThis && 'AudioDecoder' in globalThis && 'AudioWorkletNode' in globalThis

export interface RelayHooks {
    /** Who is already heard directly is not played a second time. */
    isDirect(person: string): boolean
    changed(): void
    /** It closed, and not by us: join again and open another. */
    lost(): void
}

/** Sound over a WebSocket of ours, for a network where nothing else gets through. */
export class Relay {
    isOpen = false
    private readonly socket: WebSocket
    private readonly context = new AudioContext({ sampleRate: 48_000 })
    private readonly players = new Map<number, { person: string; player: Player }>()
    private readonly encoder: AudioEncoder
    private source: MediaStreamAudioSourceNode | null = null
    private capture: AudioWorkletNode | null = null
    private wanted: MediaStreamTrack | null = null
    private sequence = 0
    private samples = 0

    constructor(
        url: string,
        token: string,
        private readonly hooks: RelayHooks,
    ) {
        this.encoder = new AudioEncoder({ output: (chunk) => this.send(chunk), error: () => {} })
        this.encoder.configure({ ...OPUS, opus: { frameDuration: 20_000 } } as AudioEncoderConfig)
        this.socket = new WebSocket(url, PROTOCOL)
        this.socket.binaryType = 'arraybuffer'
        this.socket.onopen = () => {
            this.socket.send(JSON.stringify({ token }))
            this.isOpen = true
            hooks.changed()
        }
        this.socket.onmessage = ({ data }) => (typeof data === 'string' ? this.told(data) : this.heard(data))
        this.socket.onclose = () => {
            this.isOpen = false
            hooks.lost()
        }
        void this.listen()
    }

    private async listen() {
        await this.context.audioWorklet.addModule(captureUrl)
        if (this.context.state === 'closed') return
        this.capture = new AudioWorkletNode(this.context, 'capture', { numberOfOutputs: 0 })
        this.capture.port.onmessage = ({ data }) => this.encode(data as Float32Array<ArrayBuffer>)
        this.use(this.wanted)
    }

    /** What we say; null is silence. */
    use(track: MediaStreamTrack | null) {
        this.wanted = track
        this.source?.disconnect()
        this.source = null
        if (!track || !this.capture) return
        this.source = this.context.createMediaStreamSource(new MediaStream([track]))
        this.source.connect(this.capture)
    }

    private encode(samples: Float32Array<ArrayBuffer>) {
        const timestamp = Math.round((this.samples / 48_000) * 1_000_000)
        this.samples += samples.length
        if (!this.isOpen || !this.wanted?.enabled || this.encoder.state !== 'configured') return
        const format = { format: 'f32-planar', sampleRate: 48_000, numberOfChannels: 1 } as const
        const data = new AudioData({ ...format, numberOfFrames: samples.length, timestamp, data: samples })
        this.encoder.encode(data)
        data.close()
    }

    private send(chunk: EncodedAudioChunk) {
        // On a line that is full, what is late is of no use.
        if (this.socket.readyState !== WebSocket.OPEN || this.socket.bufferedAmount > 16_000) return
        const opus = new Uint8Array(chunk.byteLength)
        chunk.copyTo(opus)
        this.sequence += 1
        this.socket.send(pack(this.sequence, Math.round((chunk.timestamp * 48_000) / 1_000_000), opus))
    }

    private told(text: string) {
        const { others } = JSON.parse(text) as { others: { number: number; person: string }[] }
        for (const [number, known] of this.players) {
            if (others.some((other) => other.number === number && other.person === known.person)) continue
            known.player.close()
            this.players.delete(number)
        }
        for (const { number, person } of others) {
            if (!this.players.has(number)) this.players.set(number, { person, player: new Player(this.context) })
        }
        this.hooks.changed()
    }

    private heard(data: ArrayBuffer) {
        const packet = unpack(data)
        const from = packet && this.players.get(packet.number)
        if (from && !this.hooks.isDirect(from.person)) from.player.hear(packet)
    }

    /** A browser may wait for a touch before it lets anything sound. */
    resume = () => this.context.resume()

    get heardOf(): { person: string; packets: number; level: number }[] {
        return [...this.players.values()].map(({ person, player }) => ({
            person,
            packets: player.packets,
            level: player.level,
        }))
    }

    close() {
        this.socket.onclose = this.socket.onmessage = this.socket.onopen = null
        this.socket.close()
        this.isOpen = false
        this.use(null)
        this.capture?.port.close()
        this.players.forEach(({ player }) => player.close())
        if (this.encoder.state !== 'closed') this.encoder.close()
        void this.context.close()
    }
}
