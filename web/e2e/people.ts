import type { Page } from 'playwright-core'
import { mayBeTexted, textsTo, until } from './demo'
import { freshCode, here } from './place'

// The people of the demo are invented. Each file of stories has residents and a dispute of its own: a phone is sent one
// code in a minute, and what one story does to a dispute would be another's beginning.
export const CHEN = '19000000001'
export const LIN = '19000000002'
export const OFFICER = 'wang.haiping'
const PASSWORD = 'demo-ningbo-2026'

/** The newest text message to a phone beyond the first `known`. */
export async function nextText(phone: string, known: number): Promise<string> {
    const texts = () => textsTo(here().data, phone)
    await until(async () => texts().length > known, 15_000)
    return texts().at(-1) ?? ''
}

/** The six digits in text messages to a phone. Notices come to the same one, and have none. */
export const codesTo = (phone: string) =>
    textsTo(here().data, phone).flatMap((text) => /\d{6}/.exec(text.slice(phone.length)) ?? [])

/** The newest of them beyond the first `known`. */
export async function nextCode(phone: string, known: number): Promise<string> {
    await until(async () => codesTo(phone).length > known, 15_000)
    return codesTo(phone).at(-1) ?? ''
}

/** Asks for a code and types it, as it came by text message; with the last digit it is sent. */
export async function enterCode(page: Page, phone: string) {
    await mayBeTexted(here().data, phone)
    await page.getByLabel(/手机号|Mobile number/).fill(phone)
    const known = codesTo(phone).length
    await page.getByRole('button', { name: /发验证码|Send me a code/ }).click()
    await page.getByLabel(/短信里的六位数字|Six digits/).fill(await nextCode(phone, known))
}

/** Signs a resident in through the screens, as they would. */
export async function signIn(page: Page, phone: string, query = '') {
    await page.goto(`/app${query}`)
    await enterCode(page, phone)
    await page.waitForURL(/\/app$/)
}

/** Everything that staff are asked for; `at` is null for a page that is open already. */
export async function fillStaffSignIn(page: Page, username: string, at: string | null, code: string) {
    if (at) await page.goto(at)
    await page.getByLabel(/用户名|User name/).fill(username)
    await page.getByLabel(/密码|Password/).fill(PASSWORD)
    await page.getByLabel(/验证器|authenticator/).fill(code)
    await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click()
}

export async function signInStaff(page: Page, username: string, at: '/app/staff-sign-in' | '/desk/sign-in') {
    await fillStaffSignIn(page, username, at, await freshCode(username))
    await page.waitForURL(/\/(app|desk)$/)
}

/** Path and code of the invitation sent last to a phone. */
export function invitationTo(phone: string): { path: string; code: string } {
    const text = textsTo(here().data, phone).findLast((line) => line.includes('/i/')) ?? ''
    const found = /(\/i\/[0-9a-f]+).*?(\d{6})/.exec(text.replace(/https?:\/\/[\d.:]+/, ''))
    if (!found?.[1] || !found[2]) throw new Error(`no invitation has come to ${phone}`)
    return { path: found[1], code: found[2] }
}
