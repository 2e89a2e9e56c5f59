// A shared device at a station: whoever comes next finds nothing of whoever was there before.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { smallTargets } from './look'
import { signIn } from './people'
import { here } from './place'

const [JIANG, ZHUANG] = ['19000000007', '19000000016']
const DISPUTE = '宠物犬在电梯里扑人'
const ASKS_AFTER_S = 181
const FORGETS_AFTER_S = 62

let browser: Browser
let seats: Seat[] = []

beforeAll(async () => {
    browser = await launch()
    seats = await Promise.all([seat(browser), seat(browser)])
})
afterAll(() => browser.close())

const seatAt = (at: number) => seats[at] as Seat

/** Everything that a page can keep, but the program itself. */
const kept = (page: Page) =>
    page.evaluate(async () => {
        const databases = await indexedDB.databases()
        const items: string[] = []
        for (const { name = '' } of databases) {
            const found = await new Promise<number>((resolve) => {
                const open = indexedDB.open(name)
                open.onsuccess = () => {
                    const count = open.result.transaction('items').objectStore('items').count()
                    count.onsuccess = () => {
                        open.result.close()
                        resolve(count.result)
                    }
                }
            })
            if (found > 0) items.push(name)
        }
        const caches = (await globalThis.caches?.keys()) ?? []
        const other = caches.filter((name) => !name.startsWith('workbox-precache'))
        return [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...items, ...other].sort()
    })

const tokenOf = (page: Page) =>
    page.evaluate(
        () => (JSON.parse(sessionStorage.getItem('ala.login') ?? '{}') as { access_token: string }).access_token,
    )

const asks = (token: string) => fetch(`${here().base}/v1/me`, { headers: { authorization: `Bearer ${token}` } })

async function writes(page: Page) {
    await page.goto('/app/file')
    await page.getByRole('button', { name: /邻里/ }).click()
    await page.locator('#other').fill('楼上住户')
    await page.getByText('这里什么都不留').waitFor()
}

async function isForgotten(page: Page) {
    await page.getByLabel('手机号').waitFor()
    expect(await kept(page)).toEqual(['ala.kiosk'])
    await page.goto('/app/file')
    await page.locator('.kind').first().waitFor()
    expect(await page.getByText('接着写上次的').count()).toBe(0)
}

describe('a shared device', () => {
    it('begins with large letters and targets, and with nothing of before', async () => {
        const { page } = seatAt(0)
        await page.goto('/app/file')
        await page.getByRole('button', { name: /邻里/ }).click()
        await page.locator('#other').fill('从前的人写的')
        await page.goto('/app/sign-in?kiosk=1')
        await isForgotten(page)
        expect(await page.locator('html').getAttribute('data-elder')).not.toBeNull()
        expect(await smallTargets(page, 60)).toEqual([])
    })

    it('forgets everything when one is done, and the login is over', async () => {
        const { page } = seatAt(0)
        await signIn(page, JIANG)
        expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
        const token = await tokenOf(page)
        expect((await asks(token)).status).toBe(200)
        await page.getByRole('link', { name: DISPUTE }).click()
        await page.getByTestId('room-joint').waitFor()
        await writes(page)
        await page.getByTestId('kiosk-done').click()
        await isForgotten(page)
        expect((await asks(token)).status).toBe(401)
    })

    it('shows the last person’s pages to nobody who goes back', async () => {
        const { page } = seatAt(0)
        for (let step = 0; step < 4; step += 1) {
            // A page that loads itself anew in that moment does not go back yet.
            await expect.poll(() => page.goBack().then(() => 'back', String), { timeout: 10_000 }).toBe('back')
            expect(await page.getByText(DISPUTE).count()).toBe(0)
        }
    })

    it('lets the browser remember no number that was typed', async () => {
        const { page } = seatAt(0)
        await page.goto('/app/sign-in')
        await page.getByLabel('手机号').focus()
        expect(await page.getByLabel('手机号').getAttribute('autocomplete')).toBe('off')
    })
})

describe('whoever walked away', () => {
    it('is asked, and may go on', async () => {
        const { page } = seatAt(1)
        await page.clock.install()
        await signIn(page, ZHUANG, '?kiosk=1')
        await page.clock.fastForward(ASKS_AFTER_S * 1_000)
        await page.getByTestId('kiosk-ask').getByText('您还在用吗').waitFor()
        await page.getByTestId('kiosk-stay').click()
        await page.getByTestId('kiosk-ask').waitFor({ state: 'detached' })
        await page.getByTestId('file').waitFor()
    })

    it('is not asked while typing', async () => {
        const { page } = seatAt(1)
        await writes(page)
        for (const letter of '半夜拖动桌椅的') {
            await page.clock.fastForward(60_000)
            // As a voice keyboard does it: no key is pressed.
            await page.keyboard.insertText(letter)
            expect(await page.getByTestId('kiosk-ask').count()).toBe(0)
        }
    })

    it('is forgotten a minute later', async () => {
        const { page } = seatAt(1)
        const token = await tokenOf(page)
        await page.clock.fastForward(ASKS_AFTER_S * 1_000)
        await page.getByTestId('kiosk-ask').waitFor()
        await page.clock.fastForward(FORGETS_AFTER_S * 1_000)
        await isForgotten(page)
        await expect.poll(async () => (await asks(token)).status).toBe(401)
    })
})

it('nobody’s browser complained', () => expect(seats.flatMap((at) => at.complaints)).toEqual([]))
