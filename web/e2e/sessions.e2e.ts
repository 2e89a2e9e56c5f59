import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, type Seat, launch, seat } from './browser'
import { looksRight } from './look'
import { begin, direct, frames, inChina, isIn, planSession, received, tap, watchMedia } from './meeting'
import { box } from './paper'
import { signIn, signInStaff } from './people'

const DISPUTE = '翻建老屋挡了后屋采光'
const [APPLICANT, RESPONDENT, MEDIATOR] = ['19000000004', '19000000010', 'qiu.damei']

let browser: Browser
let host: Seat
let applicant: Seat
let respondent: Seat
let path = ''

beforeAll(async () => {
    browser = await launch()
    ;[host, applicant, respondent] = await Promise.all([seat(browser, DESK), seat(browser), seat(browser)])
    await Promise.all([host, applicant, respondent].map(watchMedia))
    await signInStaff(host.page, MEDIATOR, '/app/staff-sign-in')
    await signIn(applicant.page, APPLICANT)
    await signIn(respondent.page, RESPONDENT)
})
afterAll(() => browser.close())

const all = () => [host.page, applicant.page, respondent.page]

/** So many pictures more of each of the others: that takes its time, and is no mere waiting. */
async function moreFrames(page: Page, count: number) {
    const before = await frames(page)
    const grown = async () => Math.min(...(await frames(page)).map((now, at) => now - (before[at] ?? 0)))
    await expect.poll(grown, { timeout: 30_000 }).toBeGreaterThan(count)
}

describe('a session by video', () => {
    it('is appointed by the mediator, and shows its time with the zone', async () => {
        path = await planSession(host.page, DISPUTE, 2)
        await applicant.page.goto(path)
        await applicant.page.getByText('北京时间').first().waitFor()
        const [file] = await Promise.all([applicant.page.waitForEvent('download'), tap(applicant.page, 'calendar')])
        expect(file.suggestedFilename()).toBe('ala.ics')
    })

    it('brings everybody together, who see each other move', async () => {
        await begin(host.page, path, [applicant.page, respondent.page])
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        for (const page of all()) {
            await expect.poll(async () => Math.min(...(await frames(page))), { timeout: 30_000 }).toBeGreaterThan(0)
            await moreFrames(page, 0)
        }
    })

    it('one writes without leaving, and who does not look is told how much there is', async () => {
        // Whatever was said before the session is read.
        await tap(respondent.page, 'write')
        await respondent.page.getByTestId('composer').waitFor()
        await tap(respondent.page, 'write')
        expect(await respondent.page.getByTestId('unread').count()).toBe(0)
        await tap(applicant.page, 'write')
        await applicant.page.getByTestId('composer').fill('这里有一张照片。')
        await tap(applicant.page, 'send')
        await respondent.page.getByTestId('unread').getByText('1条没看').waitFor()
        await looksRight(respondent.page)
        await tap(respondent.page, 'write')
        await respondent.page.getByTestId('writing').getByText('这里有一张照片。').waitFor()
        await looksRight(respondent.page)
        await tap(respondent.page, 'write')
        expect(await respondent.page.getByTestId('unread').count()).toBe(0)
        await applicant.page.getByTestId('composer').fill('只给大家看的半句')
        for (const page of all()) expect(await direct(page)).toBe(2)
    })

    it('in a private talk the other side hears, sees and reads nothing of it', async () => {
        await tap(applicant.page, 'mute')
        const words = () => respondent.page.locator('main').innerText()
        await tap(host.page, 'step-caucus-applicant')
        for (const page of [host.page, applicant.page]) await isIn(page, 'caucus')
        for (const page of [host.page, applicant.page]) {
            await page.getByTestId('where').getByText('私密会谈').waitFor()
            await expect.poll(() => direct(page), { timeout: 30_000 }).toBe(1)
            await expect.poll(async () => Math.min(...(await frames(page))), { timeout: 30_000 }).toBeGreaterThan(0)
        }
        await expect.poll(() => respondent.page.getByTestId('tile').count()).toBe(0)
        for (const page of [host.page, applicant.page]) await moreFrames(page, 20)
        expect(await received(respondent.page)).toEqual({ bytes: 0, open: 0 })
        expect(await words()).not.toContain('私密')
        // What was begun for everybody is not in the box of the private room, and is there again afterwards.
        expect(await applicant.page.getByTestId('writing').count()).toBe(0)
        await tap(applicant.page, 'write')
        expect(await applicant.page.getByTestId('composer').inputValue()).toBe('')
        await applicant.page.getByTestId('composer').fill('只写给调解员看')
        await tap(applicant.page, 'send')
        await host.page.getByTestId('unread').getByText('没看').waitFor()
        await tap(host.page, 'write')
        await host.page.getByTestId('writing').getByText('只写给调解员看').waitFor()
        expect(await respondent.page.getByTestId('unread').count()).toBe(0)
        expect(await respondent.page.locator('body').innerText()).not.toContain('只写给')
        await isIn(respondent.page, 'joint')
        await respondent.page.getByTestId('alone').getByText('调解员暂时不在').waitFor()
        expect(await applicant.page.getByTestId('alone').count()).toBe(0)
    })

    it('and back everybody is there again, muted as they were', async () => {
        await tap(host.page, 'step-joint')
        for (const page of all()) {
            await isIn(page, 'joint')
            await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        }
        expect(await applicant.page.getByTestId('mute').getAttribute('aria-pressed')).toBe('true')
        const speaking = await applicant.page.evaluate(
            () =>
                (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.filter(
                    (track) => track.kind === 'audio' && track.readyState === 'live' && track.enabled,
                ).length,
        )
        expect(speaking).toBe(0)
        await tap(applicant.page, 'mute')
        await tap(applicant.page, 'write')
        expect(await applicant.page.getByTestId('composer').inputValue()).toBe('只给大家看的半句')
        await applicant.page.getByTestId('composer').fill('')
        await tap(applicant.page, 'write')
    })
})

describe('when something goes wrong', () => {
    it('a microphone that a phone call took comes back by one button', async () => {
        await applicant.page.evaluate(() => {
            const { tracks } = globalThis as unknown as { tracks: MediaStreamTrack[] }
            const mine = tracks.filter((track) => track.kind === 'audio' && track.readyState === 'live')
            mine.forEach((track) => {
                track.stop()
                track.dispatchEvent(new Event('ended'))
            })
        })
        await tap(applicant.page, 'restore')
        await applicant.page.getByTestId('restore').waitFor({ state: 'detached' })
    })

    it('a page that died and a line that was cut find back', async () => {
        await respondent.page.reload()
        await isIn(respondent.page, 'joint')
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 40_000 }).toBe(2)
        await applicant.context.setOffline(true)
        await applicant.page.getByTestId('offline').waitFor()
        await respondent.page.reload()
        await applicant.context.setOffline(false)
        for (const page of all()) await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(2)
    })
})

describe('the end', () => {
    const text = '双方同意晚上十点以后保持安静。'

    it('a recording needs everybody’s word, and one may take it back', async () => {
        await tap(host.page, 'announce')
        for (const { page } of [applicant, respondent]) await tap(page, 'record-agree')
        for (const page of all()) await page.locator('[data-testid=recording][data-state=on]').waitFor()
        await respondent.page.getByRole('button', { name: '不让录了' }).click()
        await respondent.page.getByTestId('recording').waitFor({ state: 'detached' })
    })

    it('the record is read, confirmed by everybody, and the session ends', async () => {
        await host.page.locator('#record').fill(text)
        await tap(host.page, 'step-record')
        for (const { page } of [applicant, respondent]) {
            await tap(page, 'to-record')
            await page.getByText(text).first().waitFor()
            await tap(page, 'confirm-record')
            await page.getByTestId('todo').waitFor({ state: 'detached' })
        }
        for (const page of all()) await isIn(page, 'joint')
        await tap(host.page, 'to-steps')
        await tap(host.page, 'step-close-record')
        for (const page of all()) await tap(page, 'call-back')
        await tap(host.page, 'step-end')
        await host.page.getByText('这次调解会结束了').waitFor()
        await applicant.page.getByTestId('after').getByText('写好告诉您').waitFor()
        expect(await applicant.page.getByTestId('to-draft').count()).toBe(0)
        await looksRight(applicant.page)
    })

    it('leads on to the agreement, which begins with what was confirmed, and replaces nothing typed', async () => {
        const { page } = host
        await tap(page, 'to-draft')
        await tap(page, 'take-record')
        const facts = box(page, '主要事实')
        expect(await facts.inputValue()).toBe(text)
        await facts.fill('另外写的。')
        expect(await page.getByTestId('take-record').count()).toBe(0)
        await facts.fill('')
        await page.getByTestId('take-record').waitFor()
    })

    it('another one begins right now, without a day or an hour being typed', async () => {
        const { page } = host
        await page.goto(path.replace(/[^/]+$/, 'plan'))
        await tap(page, 'when-now')
        expect(await page.locator('#date').count()).toBe(0)
        await page.locator('form .primary').click()
        await page.locator('[data-testid=session-page][data-phase=planned]').waitFor()
        const soon = await Promise.all([0, 1, 2].map((minutes) => inChina(page, minutes / 60)))
        const shown = await page.locator('.time .when').innerText()
        expect(soon.filter((at) => shown.includes(at.slice(11)))).toHaveLength(1)
    })
})

it('nobody’s browser complained', () =>
    expect([host, applicant, respondent].flatMap((at) => at.complaints)).toEqual([]))
