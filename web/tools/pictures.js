// The pictures in README.md, made from what `npm run shots` left in shots/: cut to a window and small.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const SHOTS = new URL('../shots/', import.meta.url)
const PICTURES = new URL('../../docs/pictures/', import.meta.url)
const MOST_BYTES = 80_000
/** Of which screen, and how much of its height. */
const CHOSEN = { 'filing-what': 740, 'room-caucus': 740, 'agreement-signing': 740, 'desk-file': 800 }

/** Runs in the browser: the upper part of a picture as WebP. */
async function cut([png, height]) {
    const image = new Image()
    image.src = `data:image/png;base64,${png}`
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, Math.min(image.height, height))
    canvas.getContext('2d').drawImage(image, 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 })
    return [...new Uint8Array(await blob.arrayBuffer())]
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
mkdirSync(PICTURES, { recursive: true })
for (const [name, height] of Object.entries(CHOSEN)) {
    const png = readFileSync(new URL(`${name}.zh.png`, SHOTS)).toString('base64')
    const bytes = Buffer.from(await page.evaluate(cut, [png, height]))
    if (bytes.length > MOST_BYTES) throw new Error(`${name}: ${bytes.length} bytes are too many`)
    writeFileSync(new URL(`${name}.webp`, PICTURES), bytes)
    console.log(`docs/pictures/${name}.webp  ${(bytes.length / 1000).toFixed(1)} kB`)
}
await browser.close()
