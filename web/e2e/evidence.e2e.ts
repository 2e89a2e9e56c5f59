import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { pdf, photo } from './files'
import { CHEN, LIN, signIn } from './people'

const DISPUTE = '楼上半夜拖动桌椅'
/** Slow enough to be cut off half-way. */
const SLOW = 400_000

let browser: Browser
let chen: Seat
let lin: Seat
let address = ''

beforeAll(async () => {
    browser = await launch()
    chen = await seat(browser)
    lin = await seat(browser)
    await signIn(chen.page, CHEN)
    await signIn(lin.page, LIN)
    await open(chen.page)
    address = chen.page.url()
})
afterAll(() => browser.close())

async function open(page: Page) {
    await page.goto('/app')
    await page.getByRole('link', { name: DISPUTE }).click()
    await page.getByTestId('to-evidence').click()
    await page.getByTestId('files').waitFor({ state: 'attached' })
}

const piece = (page: Page, name: string) => page.locator('article', { hasText: name })
const waiting = (page: Page) => page.getByTestId('kept').locator('li')

/** Until what it returns is called. */
async function slowLine({ page }: Seat): Promise<() => Promise<void>> {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: SLOW,
    })
    return () => devtools.detach()
}

describe('handing in a file', () => {
    it('says what is too large or of a wrong kind before anything is sent', async () => {
        const { page } = chen
        let posts = 0
        page.on(
            'request',
            (request) => (posts += Number(request.method() === 'POST' && /evidence/.test(request.url()))),
        )
        const wrong = { name: 'letter.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') }
        await page.getByTestId('files').setInputFiles([wrong, pdf('large.pdf', 21 * 1024 * 1024)])
        await page.getByText('这种文件收不了').waitFor()
        await page.getByText('太大了').waitFor()
        expect(posts).toBe(0)
        expect(await waiting(page).count()).toBe(0)
    })

    it('says so when the service refuses it, and lets one drop it', async () => {
        const { page } = chen
        const wrong = { name: 'fake.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no such thing') }
        await page.getByTestId('files').setInputFiles(wrong)
        await waiting(page).getByRole('alert').getByText('这种文件收不了').waitFor()
        await waiting(page).getByRole('button', { name: '不传了' }).click()
        await waiting(page).waitFor({ state: 'detached' })
    })

    it('makes a large photo smaller on the phone', async () => {
        const { page } = chen
        const large = photo('noise.png', 2_600)
        const [request] = await Promise.all([
            page.waitForRequest((request) => request.method() === 'POST' && /evidence/.test(request.url())),
            page.getByTestId('gallery').setInputFiles(large),
        ])
        expect(request.headers()['content-type']).toBe('image/jpeg')
        await piece(page, 'noise.jpg').waitFor({ timeout: 60_000 })
        const size = (await piece(page, 'noise.jpg').textContent()) ?? ''
        expect(Number(/([\d.]+) MB/.exec(size)?.[1] ?? 0)).toBeLessThan(large.buffer.length / 1024 / 1024 / 2)
    })

    it('cut off at sixty per cent and closed, it is finished with the same key, once', async () => {
        const { page } = chen
        const keys: (string | undefined)[] = []
        page.on('request', (request) => {
            if (request.method() === 'POST' && /evidence/.test(request.url()))
                keys.push(request.headers()['idempotency-key'])
        })
        const speedUp = await slowLine(chen)
        await page.getByTestId('files').setInputFiles(pdf('receipt.pdf', 4 * 1024 * 1024))
        const bar = page.locator('progress')
        await expect.poll(async () => Number(await bar.getAttribute('value')), { timeout: 40_000 }).toBeGreaterThan(60)
        expect(Number(await bar.getAttribute('value'))).toBeLessThan(100)
        await page.goto('about:blank')
        await speedUp()
        // The first try after that does not come through either.
        let aborted = 0
        await page.route('**/evidence', async (route) => {
            if (route.request().method() !== 'POST' || aborted > 0) return route.fallback()
            aborted += 1
            await route.abort()
        })
        await page.goto(address)
        await piece(page, 'receipt.pdf').waitFor({ timeout: 40_000 })
        await waiting(page).waitFor({ state: 'detached' })
        expect(aborted).toBe(1)
        expect(keys.length).toBeGreaterThanOrEqual(3)
        expect(new Set(keys).size).toBe(1)
        await page.reload()
        await piece(page, 'receipt.pdf').waitFor()
        expect(await piece(page, 'receipt.pdf').count()).toBe(1)
    })

    it('what was picked without a network is kept, and sent when there is one', async () => {
        const { page, context } = chen
        await context.setOffline(true)
        await page.getByTestId('files').setInputFiles(pdf('offline.pdf', 2_000))
        await waiting(page).getByText('没网也不会丢').waitFor()
        await context.setOffline(false)
        await piece(page, 'offline.pdf').waitFor({ timeout: 40_000 })
    })
})

describe('who sees it', () => {
    it('the other side does not, until it is shown to them; that can be undone at first', async () => {
        await open(lin.page)
        await lin.page.getByText('还没有照片和文件').waitFor()
        const mine = piece(chen.page, 'offline.pdf')
        await mine.getByText('只有您这一方和调解员能看').waitFor()
        await mine.getByRole('button', { name: '也给对方看' }).click()
        await chen.page.getByRole('button', { name: '撤销' }).click()
        await mine.getByRole('button', { name: '也给对方看' }).click()
        // They leave before the ten seconds are over; just then the token has lapsed, and there is no time for another.
        const { page } = chen
        const here = page.url()
        await page.evaluate(() => {
            const login = JSON.parse(localStorage.getItem('ala.login') ?? '{}') as object
            const lapsed = { ...login, access_expires_at: new Date(0).toISOString() }
            localStorage.setItem('ala.login', JSON.stringify(lapsed))
        })
        await page.goto('about:blank')
        await page.goto(here)
        await page.waitForFunction(() => localStorage.getItem('ala.leftovers') === null)
        await page.reload()
        await mine.getByText('大家都能看').waitFor({ timeout: 30_000 })
        await lin.page.reload()
        await piece(lin.page, 'offline.pdf').waitFor()
        expect(await lin.page.locator('article').count()).toBe(1)
    })

    it('and then they can save it', async () => {
        const [download] = await Promise.all([
            lin.page.waitForEvent('download'),
            piece(lin.page, 'offline.pdf').getByRole('button', { name: '存到手机' }).click(),
        ])
        expect(download.suggestedFilename()).toBe('offline.pdf')
    })
})

it('nobody’s browser complained', () => expect([...chen.complaints, ...lin.complaints]).toEqual([]))
