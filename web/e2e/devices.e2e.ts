import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { invitationTo, signIn } from './people'
import { pass } from './place'

/** Neighbours of the dispute that everybody here looks at. */
const [SHEN, XIN] = ['19000000003', '19000000014']
/** Whose invitation nobody has opened. */
const INVITED = '19000000011'

let browser: Browser
let seats: Seat[] = []

beforeAll(async () => {
    browser = await launch()
    seats = await Promise.all([seat(browser), seat(browser)])
})
afterAll(() => browser.close())

const seatAt = (at: number) => seats[at] as Seat

async function room(page: Page) {
    await page.getByRole('link', { name: '二楼空调外机正对卧室窗' }).click()
    await page.getByTestId('room-caucus').click()
    await page.getByTestId('composer').waitFor()
}

describe('the first screen', () => {
    it('has the switch to large text in sight, whichever way one comes (UI-7)', async () => {
        const stranger = await seat(browser)
        const { page } = stranger
        for (const door of ['/app', invitationTo(INVITED).path]) {
            await page.goto(door)
            const large = page.getByTestId('elder-switch')
            await large.waitFor()
            const [box, window] = [await large.boundingBox(), page.viewportSize()]
            expect((box?.y ?? Infinity) + (box?.height ?? 0), door).toBeLessThanOrEqual(window?.height ?? 0)
            const before = await large.evaluate((one) => getComputedStyle(one).fontSize)
            await large.click()
            await expect.poll(() => large.evaluate((one) => getComputedStyle(one).fontSize)).not.toBe(before)
            await large.click()
        }
        expect(stranger.complaints).toEqual([])
        await stranger.context.close()
    })
})

describe('several tabs of one browser', () => {
    const text = '在第一个标签里说的'
    let tabs: Page[] = []

    it('show what was said in one of them in all, once', async () => {
        const { page, context } = seatAt(0)
        await signIn(page, SHEN)
        await room(page)
        const second = await context.newPage()
        await second.goto(page.url())
        tabs = [page, second]
        await page.getByTestId('composer').fill(text)
        await page.getByTestId('send').click()
        for (const tab of tabs) {
            await tab
                .locator('article', { hasText: text })
                .getByText(/已送达|对方已看/)
                .waitFor()
            expect(await tab.locator('article', { hasText: text }).count()).toBe(1)
        }
    })

    it('stay signed in when the token lapses for all of them at once', async () => {
        await pass(1)
        await Promise.all(tabs.map((tab) => tab.reload()))
        for (const tab of tabs) await tab.locator('article', { hasText: text }).waitFor()
    })

    it('the oldest gives way to a fourth, says so, and comes back when asked', async () => {
        const { page, context } = seatAt(0)
        for (const _ of [3, 4]) {
            const tab = await context.newPage()
            await tab.goto(page.url())
            await tab.locator('article', { hasText: text }).waitFor()
        }
        const elsewhere = context.pages().map((tab) => tab.getByText('您在别处打开了'))
        await expect
            .poll(async () => (await Promise.all(elsewhere.map((note) => note.count()))).filter(Boolean).length)
            .toBe(1)
        const at = (await Promise.all(elsewhere.map((note) => note.count()))).indexOf(1)
        await elsewhere[at]?.click()
        await elsewhere[at]?.waitFor({ state: 'detached' })
    })
})

describe('signing out', () => {
    it('leads to the door, and back to where one was', async () => {
        const { page } = seatAt(1)
        await signIn(page, XIN)
        await page.goto('/app/me')
        await page.getByTestId('sign-out').click()
        await page.waitForURL(/\/app\/sign-in/)
        await page.goto('/app/me')
        await page.waitForURL(/sign-in\?then=\/app\/me/)
    })
})

describe('the quick exit', () => {
    it('leads away at once, and the back button brings nothing up', async () => {
        const { page } = seatAt(1)
        await page.route('https://**', (route) => route.fulfill({ body: 'somewhere else', contentType: 'text/html' }))
        await page.locator('a[href^="/app/staff-sign-in"]').click()
        await page.getByTestId('back').waitFor()
        await page.getByTestId('quick-exit').click()
        await page.getByText('somewhere else').waitFor()
        const left = page.url()
        await page.goBack({ waitUntil: 'commit' })
        await page.waitForURL(left)
        await page.getByText('somewhere else').waitFor()
    })
})

it('nobody’s browser complained', () => expect(seats.flatMap((at) => at.complaints)).toEqual([]))
