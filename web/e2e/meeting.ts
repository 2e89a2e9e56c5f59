// A session by video, led through the screens by whoever hosts it.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Seat } from './browser'

export const tap = (page: Page, id: string) => page.getByTestId(id).click()

/** Sees what the page sends and hears, without changing it. */
export async function watchMedia({ context }: Seat) {
    await context.addInitScript(() => {
        const seen = globalThis as unknown as { lines: RTCPeerConnection[]; tracks: MediaStreamTrack[] }
        seen.lines = []
        seen.tracks = []
        const Line = globalThis.RTCPeerConnection
        globalThis.RTCPeerConnection = class extends Line {
            constructor(options?: RTCConfiguration) {
                super(options)
                seen.lines.push(this)
            }
        }
        const devices = navigator.mediaDevices
        if (!devices) return
        const get = devices.getUserMedia.bind(devices)
        devices.getUserMedia = async (wanted) => {
            const stream = await get(wanted)
            seen.tracks.push(...stream.getTracks())
            return stream
        }
    })
}

const HOUR = 3_600_000

/** So many hours from now, by the service's clock and in China: the demo's may have been moved on by other stories. */
export async function inChina(page: Page, hours: number): Promise<string> {
    const date = (await page.request.get('/health/ready')).headers().date ?? new Date().toUTCString()
    return new Date(Date.parse(date) + (8 + hours) * HOUR).toISOString().slice(0, 16)
}

/** A mediator is in one session at a time: every story takes its own hours. */
export async function planSession(page: Page, dispute: string, inHours: number): Promise<string> {
    await page.goto('/app')
    await page.getByRole('link', { name: dispute }).click()
    await tap(page, 'plan')
    const at = await inChina(page, inHours)
    await page.locator('#date').fill(at.slice(0, 10))
    await page.locator('#time').fill(at.slice(11))
    await page.locator('form .primary').click()
    await page.getByTestId('session-page').waitFor()
    return new URL(page.url()).pathname
}

/** Told of it, let in, verified, and aware of their rights. */
export async function gather(host: Page, path: string, parties: Page[]) {
    await tap(host, 'step-notify')
    await tap(host, 'step-open')
    for (const page of parties) {
        await page.goto(path)
        await tap(page, 'come')
    }
    const verify = host.getByTestId('verify')
    for (let left = parties.length; left > 0; left -= 1) {
        await expect.poll(() => verify.count()).toBe(left)
        await verify.first().click()
    }
    await verify.waitFor({ state: 'detached' })
    for (const page of parties) await page.getByText('请等一等别人').waitFor()
    await tap(host, 'step-identities')
    for (const page of parties) await tap(page, 'acknowledge')
    await tap(host, 'step-rights')
}

/** … and talking together. */
export async function begin(host: Page, path: string, parties: Page[]) {
    await gather(host, path, parties)
    await tap(host, 'step-joint')
    for (const page of [host, ...parties]) await tap(page, 'enter')
}

/** How many of the others are heard directly. */
export const direct = (page: Page) => page.locator('[data-testid=tile][data-by=direct]').count()

/** Pictures of others that really were decoded so far. */
export const frames = (page: Page) =>
    page.evaluate(() =>
        [...document.querySelectorAll<HTMLVideoElement>('[data-testid=tile] video')].map((video) =>
            video.videoWidth > 0 ? video.getVideoPlaybackQuality().totalVideoFrames : 0,
        ),
    )

/** Everything that came by direct lines, ever, and how many are open. */
export const received = (page: Page) =>
    page.evaluate(async () => {
        const { lines } = globalThis as unknown as { lines: RTCPeerConnection[] }
        const open = lines.filter((line) => line.connectionState !== 'closed')
        let bytes = 0
        for (const line of open) {
            for (const report of (await line.getStats()).values()) {
                if (report.type === 'inbound-rtp') bytes += report.bytesReceived
            }
        }
        return { bytes, open: open.length }
    })

export const isIn = (page: Page, room: 'joint' | 'caucus') =>
    page.locator(`[data-testid=call][data-room=${room}][data-phase=in]`).waitFor()
