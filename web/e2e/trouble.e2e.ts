// What goes wrong in ordinary use: each time it is said what happened and what to do, and what was typed stays.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { tap } from './meeting'
import { fillStaffSignIn, signIn } from './people'
import { freshCode } from './place'

const [LAWYER, DISPUTE] = ['tang.lvshi', '网红蛋糕吃出塑料片']
const DOOR = '/app/staff-sign-in'
const HOUR = 3_600_000

let browser: Browser
const seats: Seat[] = []

beforeAll(async () => void (browser = await launch()))
afterAll(() => browser.close())

async function sit(): Promise<Seat> {
    const one = await seat(browser)
    seats.push(one)
    return one
}

async function toRoom(page: Page, dispute = DISPUTE) {
    await page.getByRole('link', { name: dispute }).click()
    await tap(page, 'room-joint')
    await page.getByTestId('composer').waitFor()
}

/** What a proxy or the service says when it is broken. */
function breakDown(page: Page, url: string) {
    const body = JSON.stringify({ code: 'internal', title: 'internal', status: 500, fields: [], request_id: 'req_1' })
    return page.route(url, (route) => route.fulfill({ status: 500, body, contentType: 'application/problem+json' }))
}

describe('a server that fails', () => {
    it('is told, with what to do; the number that was typed stays, and the next try counts', async () => {
        const { page } = await sit()
        await breakDown(page, '**/v1/login-codes')
        await page.goto('/app')
        await page.locator('#phone').fill('19000000301')
        await page.getByRole('button', { name: '发验证码' }).click()
        const trouble = page.getByRole('alert')
        await trouble.getByText('请再试，或打电话给我们').waitFor()
        await trouble.getByText('req_1').waitFor()
        expect(await page.locator('#phone').inputValue()).toBe('19000000301')
        await page.unroute('**/v1/login-codes')
        await page.getByRole('button', { name: '发验证码' }).click()
        await page.getByText('验证码已发到').waitFor()
    })

    it('and what cannot be shown can be asked for again', async () => {
        const { page } = await sit()
        await signIn(page, '19000000302')
        await breakDown(page, '**/v1/disputes*')
        await page.reload()
        await page.getByRole('alert').getByText('系统出错了').waitFor()
        await page.unroute('**/v1/disputes*')
        await page.getByRole('button', { name: '再试' }).click()
        await page.getByText('还没有纠纷').waitFor()
    })
})

describe('staff', () => {
    let first: Seat
    let second: Seat
    const text = '写到一半的意见'

    it('who use the same digits twice are told to wait for the next, and keep name and password', async () => {
        ;[first, second] = [await sit(), await sit()]
        const code = await freshCode(LAWYER)
        await fillStaffSignIn(first.page, LAWYER, DOOR, code)
        await first.page.waitForURL(/\/app$/)
        const { page } = second
        await fillStaffSignIn(page, LAWYER, DOOR, code)
        await page.getByText('请等验证器换一组再输').waitFor()
        expect(await page.locator('#username').inputValue()).toBe(LAWYER)
        expect(await page.locator('#password').inputValue()).not.toBe('')
        await page.locator('#code').fill(await freshCode(LAWYER))
        await page.getByRole('button', { name: '登录', exact: true }).click()
        await page.waitForURL(/\/app$/)
    })

    it('whose login was ended elsewhere are led to the door, and find what they were writing', async () => {
        const { page } = first
        await toRoom(page)
        await page.getByTestId('composer').fill(text)
        await second.page.goto('/app/me')
        await second.page.getByRole('button', { name: '让它退出' }).click()
        await page.getByText('请重新登录。您写的还在').waitFor({ timeout: 40_000 })
        await page.getByRole('link', { name: '律师、调解员从这里登录' }).click()
        const code = await freshCode(LAWYER)
        await fillStaffSignIn(page, LAWYER, null, code)
        await page.getByTestId('composer').waitFor()
        expect(await page.getByTestId('composer').inputValue()).toBe(text)
    })
})

/** Every clock of the page goes wrong by so much. */
function shiftClock({ context }: Seat, by: number) {
    return context.addInitScript((ms) => {
        const Right = Date
        globalThis.Date = class extends Right {
            constructor(...given: []) {
                if (given.length === 0) super(Right.now() + ms)
                else super(...given)
            }
            static override now = () => Right.now() + ms
        } as DateConstructor
    }, by)
}

describe('a phone whose clock is wrong', () => {
    it.each([
        { says: 'an hour too late', by: HOUR, phone: '19000000013', dispute: DISPUTE },
        { says: 'an hour too early', by: -HOUR, phone: '19000000015', dispute: '父母赡养费三兄妹分摊' },
    ])('$says still counts, sends and shows by the right time', async ({ by, phone, dispute }) => {
        const one = await sit()
        const { page } = one
        await shiftClock(one, by)
        await signIn(page, phone)
        await toRoom(page, dispute)
        await page.getByTestId('composer').fill('我的钟不准')
        await tap(page, 'send')
        const said = page.locator('article', { hasText: '我的钟不准' })
        await said.getByText(/已送达|对方已看/).waitFor()
        await page.reload()
        await said.getByText(/已送达|对方已看/).waitFor()
        const { date } = (await page.request.get('/health/ready')).headers()
        const shown = /\d\d:\d\d/.exec((await said.textContent()) ?? '')?.[0]
        expect(minutesApart(shown, Date.parse(date ?? ''))).toBeLessThanOrEqual(1)
    })
})

/** Between an hour as it stands on the screen, in China, and a moment. */
function minutesApart(shown: string | undefined, moment: number): number {
    const [hour, minute] = (shown ?? '').split(':').map(Number)
    const there = new Date(moment + 8 * HOUR)
    const apart = Math.abs((hour ?? NaN) * 60 + (minute ?? NaN) - there.getUTCHours() * 60 - there.getUTCMinutes())
    return Math.min(apart, 24 * 60 - apart)
}

it('nobody’s browser complained', () => expect(seats.flatMap(({ complaints }) => complaints)).toEqual([]))
