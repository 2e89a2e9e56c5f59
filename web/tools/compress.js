// Beside everything that is text, the same compressed: the server has nothing left to do but to send it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const IS_TEXT = /\.(html|js|css|svg|webmanifest)$/

for (const name of readdirSync(dist, { recursive: true })) {
    if (!IS_TEXT.test(name)) continue
    const bytes = readFileSync(new URL(name, dist))
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(bytes, { params }))
    writeFileSync(new URL(`${name}.gz`, dist), gzipSync(bytes, { level: 9 }))
}
