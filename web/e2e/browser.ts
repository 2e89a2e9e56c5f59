import { randomBytes } from 'node:crypto'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { here } from './place'

const QUIET = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const MEDIA = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--allow-loopback-in-peer-connection',
]

export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 800 }

export function launch(...more: string[]): Promise<Browser> {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--lang=zh-CN', ...QUIET, ...MEDIA, ...more]
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
}

/** Of a household that nobody else has: of those set aside for examples. */
export const ownAddress = () => `2001:db8:${randomBytes(2).toString('hex')}::1`

export interface Seat {
    context: BrowserContext
    page: Page
    /** What the browser complained about; to be empty at the end. */
    complaints: string[]
}

/** A browser of somebody's own: nothing shared with the others. With a login, of somebody who is signed in already. */
export async function seat(browser: Browser, viewport = PHONE, login?: object): Promise<Seat> {
    const [origin, value] = [here().base, JSON.stringify(login)]
    const context = await browser.newContext({
        baseURL: origin,
        storageState: { cookies: [], origins: login ? [{ origin, localStorage: [{ name: 'ala.login', value }] }] : [] },
        viewport,
        locale: 'zh-CN',
        reducedMotion: 'reduce',
        hasTouch: viewport.width < 600,
        extraHTTPHeaders: { 'x-forwarded-for': ownAddress() },
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
        // Every browser notes what did not come through; what that means is the screens' business.
        const isLine = /^Failed to load resource|^WebSocket connection to .* failed/.test(message.text())
        if (message.type() === 'error' && !isLine) complaints.push(message.text())
    })
    return { context, page, complaints }
}
