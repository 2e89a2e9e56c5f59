import type { Page } from 'playwright-core'
import { inject } from 'vitest'
import { freshCode, textsTo, until } from './demo'

// The people of the demo are invented. Each file of stories has residents and a dispute of its own: a phone is sent one
// code in a minute, and what one story does to a dispute would be another's beginning.
export const CHEN = '19000000001'
export const LIN = '19000000002'
export const OFFICER = 'wang.haiping'
const PASSWORD = 'demo-ningbo-2026'

/** The newest text message to a phone beyond the first `known`. */
export async function nextText(phone: string, known: number): Promise<string> {
    const texts = () => textsTo(inject('data'), phone)
    await until(async () => texts().length > known, 15_000)
    return texts().at(-1) ?? ''
}

/** Signs a resident in through the screens, as they would. */
export async function signIn(page: Page, phone: string, query = '') {
    await page.goto(`/app${query}`)
    await page.getByLabel(/手机号|Mobile number/).fill(phone)
    const known = textsTo(inject('data'), phone).length
    await page.getByRole('button', { name: /发验证码|Send me a code/ }).click()
    const code = /\d{6}/.exec((await nextText(phone, known)).slice(phone.length))?.[0] ?? ''
    await page.getByLabel(/短信里的六位数字|Six digits/).fill(code)
    await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click()
    await page.waitForURL(/\/app$/)
}

export async function signInStaff(page: Page, username: string, at: '/app/staff-sign-in' | '/desk/sign-in') {
    await page.goto(at)
    await page.getByLabel(/用户名|User name/).fill(username)
    await page.getByLabel(/密码|Password/).fill(PASSWORD)
    await page.getByLabel(/验证器|authenticator/).fill(await freshCode(inject('binary'), inject('data'), username))
    await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click()
    await page.waitForURL(/\/(app|desk)$/)
}

/** Path and code of the invitation sent last to a phone. */
export function invitationTo(phone: string): { path: string; code: string } {
    const text = textsTo(inject('data'), phone).findLast((line) => line.includes('/i/')) ?? ''
    const found = /(\/i\/[0-9a-f]+).*?(\d{6})/.exec(text.replace(/https?:\/\/[\d.:]+/, ''))
    if (!found?.[1] || !found[2]) throw new Error(`no invitation has come to ${phone}`)
    return { path: found[1], code: found[2] }
}
