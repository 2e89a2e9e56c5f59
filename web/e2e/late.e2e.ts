// Whoever comes too late. Weeks pass here, so these stories have a demo of their own.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { textsTo, until } from './demo'
import { invitationTo } from './people'
import { closeOwnDemo, here, openOwnDemo, pass } from './place'

const INVITED = '19000000004'
const RESIDENT = '19000000001'

let browser: Browser
let phone: Seat

beforeAll(async () => {
    ;[browser] = await Promise.all([launch(), openOwnDemo()])
    phone = await seat(browser)
})
afterAll(() => Promise.all([browser.close(), closeOwnDemo()]))

it('a code from a text message that has lapsed is refused, and another one helps', async () => {
    const { page } = phone
    const texts = () => textsTo(here().data, RESIDENT).filter((text) => /\d{6}/.test(text.slice(RESIDENT.length)))
    const newest = async (known: number) => {
        await until(async () => texts().length > known, 15_000)
        return /\d{6}/.exec(texts().at(-1)?.slice(RESIDENT.length) ?? '')?.[0] ?? ''
    }
    await page.goto('/app')
    await page.locator('#phone').fill(RESIDENT)
    const known = texts().length
    await page.getByRole('button', { name: '发验证码' }).click()
    const old = await newest(known)
    await page.locator('#code').fill(old)
    await pass(1)
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.locator('#code').inputValue()).toBe(old)
    await page.getByRole('button', { name: '再发一次' }).click()
    await page.locator('#code').fill(await newest(known + 1))
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.waitForURL(/\/app$/)
})

it('an invitation that has lapsed says so, and whom to call', async () => {
    const { path } = invitationTo(INVITED)
    await pass(24 * 60)
    await phone.page.goto(path)
    await phone.page.getByText('这份邀请已过期').waitFor()
    await phone.page.getByText('请打派出所电话，要一份新的').waitFor()
    expect(await phone.page.getByTestId('help-line').getAttribute('href')).toMatch(/^tel:0574-/)
})

it('nobody’s browser complained', () => expect(phone.complaints).toEqual([]))
