import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, type Seat, launch, seat } from './browser'
import { begin, direct, frames, isIn, planSession, received, tap, watchMedia } from './meeting'
import { CHEN, LIN, MEDIATOR, signIn, signInStaff } from './people'

const DISPUTE = '楼上半夜拖动桌椅'

let browser: Browser
let host: Seat
let chen: Seat
let lin: Seat
let path = ''

beforeAll(async () => {
    browser = await launch()
    ;[host, chen, lin] = await Promise.all([seat(browser, DESK), seat(browser), seat(browser)])
    await Promise.all([host, chen, lin].map(watchMedia))
    await signInStaff(host.page, MEDIATOR, '/app/staff-sign-in')
    await signIn(chen.page, CHEN)
    await signIn(lin.page, LIN)
})
afterAll(() => browser.close())

const all = () => [host.page, chen.page, lin.page]
const settle = (ms = 1_500) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a session by video', () => {
    it('is appointed by the mediator, and shows its time with the zone', async () => {
        path = await planSession(host.page, DISPUTE, 2)
        await chen.page.goto(path)
        await chen.page.getByText('北京时间').first().waitFor()
        const [file] = await Promise.all([chen.page.waitForEvent('download'), tap(chen.page, 'calendar')])
        expect(file.suggestedFilename()).toBe('ala.ics')
    })

    it('brings everybody together, who see each other move', async () => {
        await begin(host.page, path, [chen.page, lin.page])
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        for (const page of all()) {
            await expect.poll(async () => Math.min(...(await frames(page))), { timeout: 30_000 }).toBeGreaterThan(0)
            const before = await frames(page)
            await settle()
            expect((await frames(page)).every((now, at) => now > (before[at] ?? 0))).toBe(true)
        }
    })

    it('in a private talk the other side hears, sees and reads nothing of it', async () => {
        await tap(chen.page, 'mute')
        const words = () => lin.page.locator('main').innerText()
        await tap(host.page, 'step-caucus-applicant')
        for (const page of [host.page, chen.page]) await isIn(page, 'caucus')
        for (const page of [host.page, chen.page]) {
            await page.getByTestId('where').getByText('私密会谈').waitFor()
            await expect.poll(() => direct(page), { timeout: 30_000 }).toBe(1)
            await expect.poll(async () => Math.min(...(await frames(page))), { timeout: 30_000 }).toBeGreaterThan(0)
        }
        await expect.poll(() => lin.page.getByTestId('tile').count()).toBe(0)
        await settle(3_000)
        expect(await received(lin.page)).toEqual({ bytes: 0, open: 0 })
        expect(await words()).not.toContain('私密')
        await isIn(lin.page, 'joint')
    })

    it('and back everybody is there again, muted as they were', async () => {
        await tap(host.page, 'step-joint')
        for (const page of all()) {
            await isIn(page, 'joint')
            await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        }
        expect(await chen.page.getByTestId('mute').getAttribute('aria-pressed')).toBe('true')
        const speaking = await chen.page.evaluate(
            () =>
                (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.filter(
                    (track) => track.kind === 'audio' && track.readyState === 'live' && track.enabled,
                ).length,
        )
        expect(speaking).toBe(0)
        await tap(chen.page, 'mute')
    })
})

describe('when something goes wrong', () => {
    it('a microphone that a phone call took comes back by one button', async () => {
        await chen.page.evaluate(() => {
            const { tracks } = globalThis as unknown as { tracks: MediaStreamTrack[] }
            const mine = tracks.filter((track) => track.kind === 'audio' && track.readyState === 'live')
            mine.forEach((track) => {
                track.stop()
                track.dispatchEvent(new Event('ended'))
            })
        })
        await tap(chen.page, 'restore')
        await chen.page.getByTestId('restore').waitFor({ state: 'detached' })
    })

    it('a page that died and a line that was cut find back', async () => {
        await lin.page.reload()
        await isIn(lin.page, 'joint')
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        await chen.context.setOffline(true)
        await settle(4_000)
        await lin.page.reload()
        await chen.context.setOffline(false)
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(2)
    })
})

describe('the end', () => {
    const text = '双方同意晚上十点以后保持安静。'

    it('a recording needs everybody’s word, and one may take it back', async () => {
        await tap(host.page, 'announce')
        for (const { page } of [chen, lin]) await tap(page, 'record-agree')
        for (const page of all()) await page.locator('[data-testid=recording][data-state=on]').waitFor()
        await lin.page.getByRole('button', { name: '不让录了' }).click()
        await lin.page.getByTestId('recording').waitFor({ state: 'detached' })
    })

    it('the record is read, confirmed by everybody, and the session ends', async () => {
        for (const page of all()) await tap(page, 'leave')
        await host.page.locator('#record').fill(text)
        await tap(host.page, 'step-record')
        for (const { page } of [chen, lin]) {
            await page.getByText(text).first().waitFor()
            await tap(page, 'confirm-record')
        }
        await tap(host.page, 'step-close-record')
        await tap(host.page, 'step-end')
        await host.page.getByText('这次调解会结束了').waitFor()
        await chen.page.getByText('这次调解会结束了').waitFor()
    })
})

it('nobody’s browser complained', () => expect([host, chen, lin].flatMap((at) => at.complaints)).toEqual([]))
