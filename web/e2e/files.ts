// Files as a phone would have them, made here.
import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'

interface Picked {
    name: string
    mimeType: string
    buffer: Buffer
}

const CRC = Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
    return value >>> 0
})

function chunk(name: string, data: Buffer): Buffer {
    const body = Buffer.concat([Buffer.from(name), data])
    let crc = 0xffffffff
    for (const byte of body) crc = (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE((crc ^ 0xffffffff) >>> 0)
    return Buffer.concat([length, body, check])
}

/** A picture of coloured noise, `side` pixels long and wide. */
export function photo(name: string, side: number): Picked {
    const head = Buffer.alloc(13)
    head.writeUInt32BE(side, 0)
    head.writeUInt32BE(side, 4)
    head.set([8, 2, 0, 0, 0], 8)
    const rows = randomBytes(side * (side * 3 + 1))
    // Each row begins with how it is filtered: not at all.
    for (let row = 0; row < side; row += 1) rows[row * (side * 3 + 1)] = 0
    const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    return { name, mimeType: 'image/png', buffer: Buffer.concat([signature, ...parts]) }
}

/** A document of so many bytes, which nobody shrinks. */
export function pdf(name: string, bytes: number): Picked {
    const buffer = Buffer.alloc(bytes, 'x')
    buffer.write('%PDF-1.7\n')
    return { name, mimeType: 'application/pdf', buffer }
}
