import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { textsTo } from './demo'
import { nextText, signIn } from './people'
import { photo } from './files'
import { here } from './place'
import { countTaps } from './taps'

/** Nobody of the demo: the first login makes the account. */
const NEW = '19000000091'
const YU = '19000000092'
const MOST_TAPS = 12

let browser: Browser
let seats: Seat[] = []

beforeAll(async () => {
    browser = await launch()
    seats = await Promise.all([seat(browser), seat(browser)])
})
afterAll(() => browser.close())

const seatAt = (at: number) => seats[at] as Seat

const type = (page: Page, text: string) => page.keyboard.type(text)
const focused = (page: Page, id: string) => page.locator(`#${id}:focus`).waitFor()

/** Within the window, below the bar at its top. */
const inSight = (page: Page, id: string) =>
    page.waitForFunction((wanted) => {
        const box = document.getElementById(wanted)?.getBoundingClientRect()
        const bar = document.querySelector('header')?.getBoundingClientRect()
        return box && bar && box.top >= bar.bottom && box.bottom <= innerHeight
    }, id)

const isDrawn = async (image: HTMLImageElement) => {
    await image.decode()
    return image.naturalWidth > 0
}

const keptDraft = (page: Page) =>
    page.evaluate(
        () =>
            new Promise<Record<string, unknown> | undefined>((resolve) => {
                const open = indexedDB.open('ala.filing', 1)
                open.onsuccess = () => {
                    const all = open.result.transaction('items').objectStore('items').getAll()
                    all.onsuccess = () => resolve((all.result as Record<string, unknown>[])[0])
                }
            }),
    )

async function toTell(page: Page) {
    await page.goto('/app/file')
    await page.getByRole('button', { name: /邻里/ }).click()
    await page.locator('#place').fill('古城')
    await page.getByRole('button', { name: /古城社区/ }).click()
    await page.locator('#other').fill('楼上住户')
    await page.getByTestId('to-law').click()
    await page.getByTestId('to-tell').click()
}

async function filedBy(page: Page, title: string): Promise<number> {
    await page.goto('/app')
    await page
        .getByRole('link', { name: new RegExp(title) })
        .first()
        .waitFor()
    return page.getByRole('link', { name: new RegExp(title) }).count()
}

describe('the first report', () => {
    it('takes at most twelve taps from the first screen to the end, with a photo and the sign-in', async () => {
        const { page } = seatAt(0)
        const taps = await countTaps(page)
        await page.goto('/app')
        await page.getByTestId('file').tap()
        await page.getByRole('button', { name: /邻里/ }).tap()
        await focused(page, 'place')
        await type(page, '古城')
        await page.getByRole('button', { name: /古城社区/ }).tap()
        await focused(page, 'other')
        await type(page, '楼上住户')
        await page.getByRole('button', { name: /晚上十点以后/ }).tap()
        await page.getByTestId('to-law').tap()
        await page.getByText('民法典第288').waitFor()
        await page.getByText('最多等14天').waitFor()
        await page.getByTestId('to-tell').tap()
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('选照片').tap()])
        await chooser.setFiles(photo('wall.png', 40))
        const kept = page.getByTestId('kept')
        await kept.getByText('wall.png').first().waitFor()
        await kept.getByText('登录以后再传').waitFor()
        expect(await kept.locator('img').evaluate(isDrawn)).toBe(true)
        await page.locator('#narrative').tap()
        await type(page, '九月以来，楼上每天半夜拖桌椅，已有一个月。')
        await page.locator('#me').tap()
        await type(page, '周小满')
        await page.getByTestId('agree').tap()
        await focused(page, 'phone')
        await page.getByText('就差一步').waitFor()
        expect(await page.getByText('律师、调解员从这里登录').count()).toBe(0)
        await type(page, NEW)
        const known = textsTo(here().data, NEW).length
        await page.getByRole('button', { name: '发验证码' }).tap()
        const code = /\d{6}/.exec((await nextText(NEW, known)).slice(NEW.length))?.[0] ?? ''
        await focused(page, 'code')
        await type(page, code)
        await page.getByText('交好了').waitFor()
        console.log(`first report: ${taps()} taps`)
        expect(taps()).toBeGreaterThan(5)
        expect(taps()).toBeLessThanOrEqual(MOST_TAPS)
    })

    it('is with the station, with its photo', async () => {
        const { page } = seatAt(0)
        await page.getByTestId('to-dispute').click()
        await page.getByText('等待受理').waitFor()
        await page.getByTestId('to-evidence').click()
        await page.locator('article', { hasText: 'wall.png' }).waitFor()
        expect(await filedBy(page, '邻里纠纷：晚上十点以后保持安静')).toBe(1)
    })
})

describe('a step where nothing is written', () => {
    it('leads to what is missing first', async () => {
        const { page } = seatAt(1)
        await page.goto('/app/file')
        await page.getByRole('button', { name: /邻里/ }).click()
        await page.getByTestId('to-law').click()
        await focused(page, 'place')
        await inSight(page, 'place')
        await page.getByRole('alert').getByText('上面有没写好的').waitFor()
    })
})

describe('what somebody writes', () => {
    it('is still there after the page was closed, with nobody signed in', async () => {
        const { page } = seatAt(1)
        await toTell(page)
        expect(page.url()).not.toContain('sign-in')
        await page.locator('#narrative').fill('写到一半')
        await expect.poll(async () => (await keptDraft(page))?.narrative).toBe('写到一半')
        await page.goto('about:blank')
        await page.goto('/app/file/tell')
        await page.locator('#narrative').waitFor()
        expect(await page.locator('#narrative').inputValue()).toBe('写到一半')
    })

    it('is named where something is missing, is brought into sight, and kept', async () => {
        const { page } = seatAt(1)
        await page.getByTestId('agree').click()
        await page.getByText('请写上您的姓名').waitFor()
        await page.getByRole('alert').getByText('上面有没写好的').waitFor()
        await focused(page, 'me')
        await inSight(page, 'me')
        expect(await page.locator('#narrative').inputValue()).toBe('写到一半')
        const hash = page.getByText('这段话的指纹')
        expect(await hash.isVisible()).toBe(false)
        await page.getByText('详情').click()
        await hash.waitFor()
        expect(await hash.textContent()).toMatch(/[0-9a-f]{64}/)
    })

    it('without a network is kept, and goes once when there is one', async () => {
        const { page, context } = seatAt(1)
        await signIn(page, YU)
        await page.goto('/app/file/tell')
        await page.locator('#narrative').fill('没网时写的事。灯坏了没人修。')
        await page.locator('#me').fill('俞国强')
        await page.locator('#title').focus()
        expect(await page.locator('#title').inputValue()).toBe('邻里纠纷')
        await page.locator('#title').fill('没网时灯坏了')
        const keys: (string | undefined)[] = []
        page.on('request', (request) => {
            if (request.method() === 'POST' && request.url().endsWith('/v1/disputes'))
                keys.push(request.headers()['idempotency-key'])
        })
        // The first answer is lost on the way: the service has filed it, and this phone does not know.
        await page.route('**/v1/disputes', async (route) => {
            if (route.request().method() !== 'POST') return route.fallback()
            await route.fetch().catch(() => null)
            // The page may have been closed over it meanwhile.
            await route.abort().catch(() => {})
        })
        await page.getByTestId('agree').click()
        await expect.poll(() => keys.length).toBeGreaterThan(0)
        await page.getByTestId('kept-filing').waitFor()
        await context.setOffline(true)
        await page.reload()
        await page.getByTestId('kept-filing').waitFor()
        await page.unroute('**/v1/disputes')
        await context.setOffline(false)
        await page.getByText('交好了').waitFor({ timeout: 40_000 })
        expect(new Set(keys).size).toBe(1)
        expect(keys.length).toBeGreaterThan(1)
        expect(await filedBy(page, '没网时灯坏了')).toBe(1)
    })
})

it('nobody’s browser complained', () => expect(seats.flatMap((at) => at.complaints)).toEqual([]))
