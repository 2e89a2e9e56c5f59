// Where weeks pass, so that these stories have a demo of their own. 治安调解 from the station's side: an emergency call, one
// session on the spot, an agreement that nobody keeps, and the penalty procedure. And whoever comes too late.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, type Seat, launch, seat } from './browser'
import { through } from './by_request'
import { carryOut, choose, openFile, pick } from './desk'
import { gather, inChina, tap } from './meeting'
import { codesTo, fillStaffSignIn, invitationTo, nextCode, nextText, signIn, signInStaff } from './people'
import { closeOwnDemo, freshCode, openOwnDemo, pass } from './place'
import { putUp } from './staff_api'

const OFFICER = 'sun.ruolin'
const TITLE = '抢车位推倒人'
/** Nobody of the demo: the injured and who pushed. */
const [VICTIM, SUSPECT] = ['19000000211', '19000000212']

/** Of the demo: invited, and about to sign in. */
const [INVITED, RESIDENT] = ['19000000004', '19000000001']

let browser: Browser
let desk: Seat
let victim: Seat
let suspect: Seat
let late: Seat
let id = ''

beforeAll(async () => {
    ;[browser] = await Promise.all([launch(), openOwnDemo()])
    ;[desk, victim, suspect, late] = await Promise.all([
        seat(browser, DESK),
        seat(browser),
        seat(browser),
        seat(browser),
    ])
    await signInStaff(desk.page, OFFICER, '/desk/sign-in')
})
afterAll(() => Promise.all([browser.close(), closeOwnDemo()]))

const parties = () => [victim.page, suspect.page]
const status = (words: string) => desk.page.getByTestId('status').getByText(words).waitFor()

async function person(page: Page, side: string, name: string, phone: string, role: string) {
    const form = page.getByTestId(`filing-${side}`)
    await form.getByLabel('姓名').fill(name)
    await form.getByLabel('手机号').fill(phone)
    await choose(form, '治安案件中的身份', role)
}

describe('an emergency call', () => {
    it('is filed at the desk for both, and submitted', async () => {
        const { page } = desk
        await page.goto('/desk/filing')
        const form = page.locator('form')
        await choose(form, '从哪里来', '110警情')
        await choose(form, '什么类型', '其他')
        await form.getByLabel('一句话说是什么事').fill(TITLE)
        await form.getByLabel('事情经过').fill('因抢车位争吵，一人被推倒，手臂擦伤。')
        await page.locator('#community-search').fill('古城')
        await choose(form, '哪个小区或村', '古城社区')
        await person(page, 'applicant', '应梅芳', VICTIM, '被侵害人')
        await person(page, 'respondent', '贺永强', SUSPECT, '违法嫌疑人')
        await form.getByRole('button', { name: '存为草稿' }).click()
        await carryOut(page, 'submit')
        await status('等待受理')
        id = /dsp_[0-9a-f]+/.exec(page.url())?.[0] ?? ''
    })

    it('is found to be a slight violation between people, as the law asks in its order', async () => {
        const { page } = desk
        await page.getByTestId('command-triage').click()
        const form = page.getByTestId('commands').locator('form')
        await choose(form, '有没有违反治安管理', '是')
        await choose(form, '是什么行为', '殴打他人')
        await choose(form, '是民间纠纷引起的吗', '是')
        await choose(form, '情节较轻吗', '否')
        await choose(form, '为什么适合调解', '亲友、邻里')
        await page.getByTestId('foreseen').getByText('转处罚程序').waitFor()
        await choose(form, '情节较轻吗', '是')
        await page.getByTestId('foreseen').getByText('治安调解').waitFor()
        await form.getByRole('button', { name: '办理' }).click()
        await page.getByTestId('triaged').getByRole('button').click()
        await status('等大家同意')
    })

    it('is agreed to by both, each by the link of their text message', async () => {
        for (const [at, phone] of [VICTIM, SUSPECT].entries()) {
            const page = parties()[at] as Page
            await nextText(phone, 0)
            const { path, code } = invitationTo(phone)
            await page.goto(path)
            await page.locator('#code').fill(code)
            await page.getByRole('button', { name: /同意调解/ }).click()
            await page.getByText('您已同意调解').waitFor()
        }
    })
})

describe('the officer mediates', () => {
    it('after the facts are established, and both accept the officer', async () => {
        const { page } = desk
        await openFile(page, id)
        await carryOut(page, 'establish_facts')
        await carryOut(page, 'appoint', async (form) => {
            await choose(form, '担任', '调解员')
            await pick(form, '我自己')
        })
        await status('已有调解员')
        await carryOut(page, 'disclose')
        const { account } = await through(page).read<{ account: string }>('/v1/me')
        await signIn(victim.page, VICTIM)
        await signIn(suspect.page, SUSPECT)
        for (const who of parties()) {
            const { you_act_for } = await through(who).read<{ you_act_for: string[] }>(`/v1/disputes/${id}`)
            const body = { party: you_act_for[0], neutral: account, accepts: true }
            await through(who).command(`/v1/disputes/${id}/disclosure-answers`, body)
        }
    })

    it('in a session at the station, which is recorded from beginning to end', async () => {
        const { page } = desk
        const from = await inChina(page, 2)
        const to = await inChina(page, 3)
        await openFile(page, id)
        await carryOut(page, 'schedule', async (form) => {
            await form.getByLabel('开始时间').fill(from)
            await form.getByLabel('结束时间').fill(to)
            await choose(form, '方式', '当面')
            await form.getByLabel('地点').fill('派出所调解室')
        })
        await status('已约好时间')
        await page.getByRole('link', { name: '去调解室' }).click()
        await tap(page, 'session')
        await page.getByTestId('session-page').waitFor()
        await gather(page, new URL(page.url()).pathname, parties())
        await tap(page, 'step-joint')
        await page.getByTestId('talk').getByText('必须录音录像').waitFor()
        await page.getByLabel('全程录音录像').check()
        await tap(page, 'step-joint')
        await page.locator('#record').fill('贺永强同意支付医药费，并当面道歉。')
        await tap(page, 'step-record')
        for (const who of parties()) await tap(who, 'confirm-record')
        await tap(page, 'step-close-record')
        await tap(page, 'step-end')
        for (const who of parties()) await who.getByText('这次调解会结束了').waitFor()
    })

    it('and all sign', async () => {
        for (const page of parties()) await page.goto(`/app/disputes/${id}/agreement`)
        const officer = through(desk.page)
        const { text_hash } = await putUp(officer, id, {
            public_security: {
                organ: '古城派出所',
                host: '孙若林',
                others_present: [],
                occurred_at: new Date(Date.now() - 3_600_000).toISOString(),
                place: '古城社区',
                cause: '抢车位',
                course: '推倒',
                circumstances: '情节较轻',
                result: '手臂擦伤',
            },
        })
        for (const page of parties()) {
            await page.getByTestId('read').check()
            await tap(page, 'sign')
        }
        for (const page of parties()) await page.getByText('等调解员签名').waitFor()
        await officer.command(`/v1/disputes/${id}/agreement/sign-as-mediator`, { text_hash })
        for (const page of parties()) await page.getByText('看答应的事').waitFor()
    })
})

describe('nobody pays', () => {
    it('so that the station sees it late, and goes back to the penalty procedure', async () => {
        const { page } = desk
        await pass(24 * 9)
        // Staff sign in anew every day.
        await page.goto('/desk?status=defaulted')
        await page.waitForURL(/sign-in/)
        await fillStaffSignIn(page, OFFICER, null, await freshCode(OFFICER))
        await page.getByRole('link', { name: TITLE }).click()
        await status('逾期没办')
        await carryOut(page, 'urge')
        await carryOut(page, 'refer_for_penalty')
        await page.getByTestId('status').getByText('转处罚程序').waitFor({ timeout: 30_000 })
    })

    it('and the file goes into the archive, its whole way in it', async () => {
        const { page } = desk
        await carryOut(page, 'archive')
        await page.getByTestId('status').getByText('已归档').waitFor({ timeout: 30_000 })
        await expect.poll(() => page.getByTestId('timeline').locator('li').count()).toBeGreaterThan(10)
        await victim.page.goto('/app')
        await victim.page.getByRole('link', { name: TITLE }).getByText('已归档').waitFor()
    })
})

describe('whoever comes too late', () => {
    it('a code from a text message that has lapsed is refused, and another one helps', async () => {
        const { page } = late
        await page.goto('/app')
        await page.locator('#phone').fill(RESIDENT)
        const known = codesTo(RESIDENT).length
        await page.getByRole('button', { name: '发验证码' }).click()
        const old = await nextCode(RESIDENT, known)
        await pass(1)
        await page.locator('#code').fill(old)
        await page.getByRole('alert').waitFor()
        expect(await page.locator('#code').inputValue()).toBe(old)
        await page.getByRole('button', { name: '换一个手机号' }).click()
        expect(await page.locator('#phone').inputValue()).toBe(RESIDENT)
        await page.getByRole('button', { name: '发验证码' }).click()
        await page.locator('#code').fill(await nextCode(RESIDENT, known + 1))
        await page.waitForURL(/\/app$/)
    })

    it('an invitation that has lapsed says so, and whom to call', async () => {
        const { path } = invitationTo(INVITED)
        await pass(24 * 60)
        await late.page.goto(path)
        await late.page.getByText('这份邀请已过期').waitFor()
        await late.page.getByText('请打派出所电话，要一份新的').waitFor()
        expect(await late.page.getByTestId('help-line').getAttribute('href')).toMatch(/^tel:0574-/)
    })
})

it('nobody’s browser complained', () => {
    expect([desk, victim, suspect, late].flatMap((one) => one.complaints)).toEqual([])
})
