import { isAfter, type Heard } from './packets'

/** As much is kept back, so that packets that come unevenly are heard evenly. */
const DELAY_S = 0.08
/** Further behind than this, what was missed is given up. */
const LONGEST_S = 0.4
/** With every packet of 20 ms. */
const FALLS_OFF = 0.97

/** Decodes what one person says over the audio socket, and plays it. */
export class Player {
    packets = 0
    /** The loudest of late, falling off within some seconds: who looks once a second sees also what was short. */
    level = 0
    private last: number | null = null
    private nextAt = 0
    private readonly decoder: AudioDecoder

    constructor(private readonly context: AudioContext) {
        this.decoder = new AudioDecoder({ output: (data) => this.play(data), error: () => {} })
        this.decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 })
    }

    hear({ sequence, timestamp, opus }: Heard) {
        if (this.last !== null && !isAfter(sequence, this.last)) return
        this.last = sequence
        if (this.decoder.state !== 'configured') return
        this.packets += 1
        const chunk = { type: 'key', timestamp: Math.round((timestamp / 48_000) * 1_000_000), data: opus } as const
        this.decoder.decode(new EncodedAudioChunk(chunk))
    }

    private play(data: AudioData) {
        const samples = new Float32Array(data.numberOfFrames)
        data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
        this.level = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), this.level * FALLS_OFF)
        const buffer = this.context.createBuffer(1, samples.length, data.sampleRate)
        buffer.copyToChannel(samples, 0)
        data.close()
        const { currentTime } = this.context
        if (this.nextAt < currentTime || this.nextAt > currentTime + LONGEST_S) this.nextAt = currentTime + DELAY_S
        const source = new AudioBufferSourceNode(this.context, { buffer })
        source.connect(this.context.destination)
        source.start(this.nextAt)
        this.nextAt += buffer.duration
    }

    close() {
        if (this.decoder.state !== 'closed') this.decoder.close()
    }
}
