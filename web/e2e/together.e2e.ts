// One dispute from its filing to the visit, by everybody it takes, each in a browser of their own.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, PHONE, type Seat, launch, seat } from './browser'
import { through } from './by_request'
import { carryOut, choose, openFile, pick } from './desk'
import { begin, direct, frames, isIn, planSession, received, tap, watchMedia } from './meeting'
import { openDraft, signAsMediator, writeClause, writeTexts } from './paper'
import { enterCode, invitationTo, nextText, signIn, signInStaff } from './people'

/** Nobody of the demo: both come for the first time. */
const [APPLICANT, RESPONDENT] = ['19000000201', '19000000202']
const [OFFICER, MEDIATOR, LAWYER, DIRECTOR] = ['wang.haiping', 'he.niangjiu', 'wu.lvshi', 'gu.zhuren']
const TITLE = '楼上漏水泡了天花板'

let browser: Browser
let zhou: Seat
let wen: Seat
let host: Seat
let law: Seat
let desk: Seat
let seal: Seat
let id = ''
let session = ''

beforeAll(async () => {
    browser = await launch()
    ;[zhou, wen, host, law, desk, seal] = await Promise.all([
        seat(browser),
        seat(browser),
        seat(browser, DESK),
        seat(browser),
        seat(browser, DESK),
        seat(browser, DESK),
    ])
    await Promise.all([zhou, wen, host, law].map(watchMedia))
})
afterAll(() => browser.close())

const together = () => [host.page, law.page, zhou.page, wen.page]
const parties = () => [zhou.page, wen.page]
const button = (page: Page, name: RegExp) => page.getByRole('button', { name }).click()
const at = (rest = '') => `/app/disputes/${id}${rest}`

/** Both sides read what somebody who helps has told, and accept them. */
async function bothAccept(part: string) {
    for (const page of parties()) {
        const told = page.getByTestId('disclosure').filter({ hasText: part })
        const accept = told.getByTestId('accept-neutral')
        await accept.click()
        await accept.waitFor({ state: 'detached' })
    }
}

describe('a dispute comes in', () => {
    it('the applicant files it on a phone, and signs in with the last step', async () => {
        const { page } = zhou
        await page.goto('/app/file')
        await button(page, /邻里/)
        await page.locator('#place').fill('古城')
        await button(page, /古城社区/)
        await page.locator('#other').fill('闻一舟')
        await page.locator('#other-phone').fill(RESPONDENT)
        await tap(page, 'to-law')
        await tap(page, 'to-tell')
        await page.locator('#narrative').fill('楼上浴室漏水，天花板泡坏了一大片。')
        await page.locator('#title').fill(TITLE)
        await page.locator('#me').fill('沃晓晴')
        await tap(page, 'agree')
        await enterCode(page, APPLICANT)
        await page.getByText('交好了').waitFor()
        await tap(page, 'to-dispute')
        await page.getByText('等待受理').waitFor()
        id = /dsp_[0-9a-f]+/.exec(page.url())?.[0] ?? ''
    })

    it('the officer finds it, says how much care it needs, and sends it on its way', async () => {
        const { page } = desk
        await signInStaff(page, OFFICER, '/desk/sign-in')
        await page.goto('/desk?status=submitted')
        await page.getByRole('link', { name: TITLE }).click()
        await page.getByTestId('command-triage').click()
        await page.getByTestId('foreseen').getByText('人民调解').waitFor()
        await button(page, /^办理$/)
        await page.getByTestId('triaged').getByRole('button').click()
        await page.getByTestId('status').getByText('等大家同意').waitFor()
        const risk = page.getByTestId('risk')
        await risk.getByRole('button', { name: '定风险等级' }).click()
        await choose(risk, '定为', '黄色')
        await risk.getByLabel('积怨很久').check()
        await risk.getByRole('button', { name: '确认等级' }).click()
        await risk.getByRole('status').waitFor()
    })

    it('the applicant’s open screen tells it without a touch', async () => {
        await zhou.page.getByText('· 等大家同意 ·').waitFor()
    })

    it('the respondent agrees by the link of a text message, without an account', async () => {
        const { page } = wen
        await nextText(RESPONDENT, 0)
        const { path, code } = invitationTo(RESPONDENT)
        await page.goto(path)
        await page.locator('#code').fill(code)
        await page.getByText(TITLE).waitFor()
        await button(page, /同意调解/)
        await page.getByText('您已同意调解').waitFor()
    })
})

describe('somebody helps', () => {
    it('a lawyer without a conflict takes it from the list', async () => {
        const { page } = law
        await signInStaff(page, LAWYER, '/app/staff-sign-in')
        await tap(page, 'offers')
        await page.getByTestId('offer').filter({ hasText: TITLE }).click()
        await tap(page, 'has-none')
        await tap(page, 'claim')
        await page.getByTestId('neutral').getByText('您已说明').waitFor()
        await signIn(wen.page, RESPONDENT)
        await wen.page.goto(at())
        await bothAccept('律师')
        await zhou.page.getByText('吴正言').first().waitFor()
    })

    it('the officer names a mediator, who tells of no interest and is accepted', async () => {
        await openFile(desk.page, id)
        await carryOut(desk.page, 'appoint', async (form) => {
            await choose(form, '担任', '调解员')
            await desk.page.setViewportSize(PHONE)
            const named = form.locator('label', { has: desk.page.getByRole('radio') })
            const cut = await named.evaluateAll((all) => all.map((one) => one.scrollWidth > one.clientWidth))
            expect(cut.length).toBeGreaterThan(1)
            expect(cut).not.toContain(true)
            await desk.page.setViewportSize(DESK)
            await pick(form, '何阿根')
        })
        await desk.page.getByTestId('status').getByText('已有调解员').waitFor()
        await signInStaff(host.page, MEDIATOR, '/app/staff-sign-in')
        await openFile(host.page, id)
        await carryOut(host.page, 'disclose')
        await bothAccept('（调解员）')
    })
})

describe('they meet', () => {
    it('by video, and all see each other', async () => {
        session = await planSession(host.page, TITLE, 30)
        await law.page.goto(session)
        await begin(host.page, session, parties())
        await tap(law.page, 'enter')
        for (const page of together()) await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(3)
        for (const page of together()) {
            await expect.poll(async () => Math.min(...(await frames(page))), { timeout: 30_000 }).toBeGreaterThan(0)
        }
    })

    it('mediator and lawyer talk with one side alone, while the other’s network breaks and comes back', async () => {
        await tap(host.page, 'step-caucus-applicant')
        for (const page of [host.page, law.page, zhou.page]) {
            await isIn(page, 'caucus')
            await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(2)
        }
        await wen.context.setOffline(true)
        await wen.page.getByTestId('offline').waitFor()
        await wen.context.setOffline(false)
        await wen.page.getByTestId('offline').waitFor({ state: 'detached' })
        await isIn(wen.page, 'joint')
        expect(await received(wen.page)).toEqual({ bytes: 0, open: 0 })
        expect(await wen.page.locator('main').innerText()).not.toContain('私密')
    })

    it('and back together everybody is there again, also who is cut off in the middle of it', async () => {
        await tap(host.page, 'step-joint')
        for (const page of together()) {
            await isIn(page, 'joint')
            await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(3)
        }
        await wen.context.setOffline(true)
        await wen.page.getByTestId('offline').waitFor()
        await wen.context.setOffline(false)
        for (const page of together()) await expect.poll(() => direct(page), { timeout: 60_000 }).toBe(3)
    })

    it('the record is read and confirmed, and the session ends', async () => {
        for (const page of together()) await tap(page, 'leave')
        await host.page.locator('#record').fill('闻一舟赔偿天花板修补费一千元。')
        await tap(host.page, 'step-record')
        for (const page of parties()) await tap(page, 'confirm-record')
        await tap(host.page, 'step-close-record')
        await tap(host.page, 'step-end')
        for (const page of together()) await page.getByText('这次调解会结束了').waitFor()
    })
})

describe('they agree', () => {
    it('the lawyer drafts, the mediator adds what is to be done, and both sign what they read', async () => {
        for (const page of parties()) await page.goto(at('/agreement'))
        await openDraft(law.page, TITLE)
        await writeTexts(law.page, '楼上浴室漏水，楼下天花板泡坏。', '修补费谁出。')
        await tap(law.page, 'save-draft')
        await law.page.getByTestId('draft-state').getByText('都存好了').waitFor()
        await openDraft(host.page, TITLE)
        await writeClause(host.page, '赔天花板修补费', 'by')
        await tap(host.page, 'put-up')
        await host.page.getByTestId('mediator-part').waitFor()
        for (const page of parties()) {
            await page.getByTestId('read').check()
            await tap(page, 'sign')
        }
        for (const page of parties()) await page.getByText('等调解员签名').waitFor()
    })

    it('the mediator signs, the director seals, and the open screens say that it holds', async () => {
        await signAsMediator(host.page)
        await signInStaff(seal.page, DIRECTOR, '/desk/sign-in')
        await openFile(seal.page, id)
        await button(seal.page, /盖调委会的章/)
        for (const page of parties()) await page.getByText('可一起请法院确认').waitFor()
    })
})

describe('it is kept', () => {
    it('the respondent pays and says so, the applicant confirms', async () => {
        for (const page of parties()) await page.goto(at('/obligations'))
        await tap(wen.page, 'report')
        await wen.page.getByTestId('note').fill('已经转了')
        await tap(wen.page, 'send-report')
        await tap(zhou.page, 'confirm')
        for (const page of parties()) {
            await page.getByTestId('promise-state').getByText('办到了').waitFor({ timeout: 30_000 })
        }
    })

    it('the officer visits and writes down what was found', async () => {
        const { page } = desk
        const { visits } = await through(page).read<{ visits: { due_on: string }[] }>(`/v1/disputes/${id}/visits`)
        await page.goto(`/desk/visits?on=${visits[0]?.due_on}`)
        const stop = page.locator('li', { hasText: TITLE }).first()
        await stop.getByRole('button', { name: '记回访' }).click()
        await choose(stop, '答应的事办得怎样', '都办到了')
        await choose(stop, '当事人满意吗', '满意')
        await choose(stop, '现在看，风险多大', '绿色')
        await stop.getByRole('button', { name: '存下，有网就送' }).click()
        await page.locator('[aria-live]', { hasText: '送到了' }).first().waitFor({ state: 'attached' })
        await openFile(page, id)
        await page.getByTestId('visit').filter({ hasText: '去过了' }).waitFor()
    })
})

it('nobody’s browser complained', () => {
    expect([zhou, wen, host, law, desk, seal].flatMap((one) => one.complaints)).toEqual([])
})
