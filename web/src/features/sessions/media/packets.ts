/** A packet as the audio socket takes it: sequence, timestamp at 48 kHz, then Opus. */
export function pack(sequence: number, timestamp: number, opus: Uint8Array): Uint8Array<ArrayBuffer> {
    const packet = new Uint8Array(6 + opus.length)
    const view = new DataView(packet.buffer)
    view.setUint16(0, sequence & 0xffff)
    view.setUint32(2, timestamp >>> 0)
    packet.set(opus, 6)
    return packet
}

export interface Heard {
    /** Whose it is, by the number that the socket told. */
    number: number
    sequence: number
    timestamp: number
    opus: Uint8Array
}

export function unpack(data: ArrayBuffer): Heard | null {
    if (data.byteLength < 8) return null
    const view = new DataView(data)
    return {
        number: view.getUint8(0),
        sequence: view.getUint16(1),
        timestamp: view.getUint32(3),
        opus: new Uint8Array(data, 7),
    }
}

/** Whether a comes after b, where sequences begin again at zero. */
export const isAfter = (a: number, b: number) => a !== b && ((a - b) & 0xffff) < 0x8000
