import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, type Seat, launch, seat } from './browser'
import { enterCode, invitationTo, signInStaff } from './people'

/** The respondents of the two disputes that wait for consent. */
const [AGREES, DECLINES] = ['19000000004', '19000000011']

let browser: Browser
let phone: Seat

beforeAll(async () => {
    browser = await launch()
    phone = await seat(browser)
})
afterAll(() => browser.close())

const tap = (name: RegExp) => phone.page.getByRole('button', { name }).click()

describe('whoever was invited by text message', () => {
    it('reads who we are, and can call before typing anything', async () => {
        await phone.page.goto(invitationTo(AGREES).path)
        await phone.page.getByText('不会要您转账').waitFor()
        await phone.page.getByText(/派出所用“阿拉调解”/).waitFor()
        expect(await phone.page.getByTestId('help-line').getAttribute('href')).toMatch(/^tel:0574-/)
        expect(await phone.page.getByText('青苗').count()).toBe(0)
    })

    it('is told that the digits are wrong, and what is typed stays', async () => {
        const { code } = invitationTo(AGREES)
        const wrong = code === '000000' ? '000001' : '000000'
        await phone.page.locator('#code').fill(wrong)
        await phone.page.getByRole('alert').waitFor()
        expect(await phone.page.locator('#code').inputValue()).toBe(wrong)
    })

    it('is told when the service fails, and nothing has to be typed again', async () => {
        await phone.page.locator('#code').fill(invitationTo(AGREES).code)
        await phone.page.getByText('征地青苗费到户有出入').waitFor()
        await phone.page.route('**/answer', (route) => route.fulfill({ status: 503, body: '<h1>Bad gateway</h1>' }))
        await tap(/同意调解/)
        await phone.page.getByRole('alert').getByText('请再试，或打电话').waitFor()
        await phone.page.unroute('**/answer')
    })

    it('asks for a call, and says when it suits, in three taps, before any answer', async () => {
        await tap(/请派出所打电话给我/)
        await phone.page.getByText('会打电话给您').waitFor()
        await tap(/说说方便的时间/)
        await phone.page.getByRole('button', { name: '晚上' }).first().click()
        await phone.page.getByTestId('send-times').click()
        await phone.page.getByText('知道您方便的时间').waitFor()
    })

    it('and the station sees both in the file', async () => {
        const desk = await seat(browser, DESK)
        await signInStaff(desk.page, 'xu.chaosheng', '/desk/sign-in')
        await desk.page.goto('/desk')
        await desk.page.getByRole('link', { name: '征地青苗费到户有出入' }).click()
        // The applicant was invited in the same moment.
        const invitation = desk.page.getByTestId('invitation').filter({ hasText: '葛永年' })
        await invitation.getByText('请您回电').waitFor()
        await invitation.getByText('晚上').waitFor()
        expect(desk.complaints).toEqual([])
        await desk.context.close()
    })

    it('agrees in one tap after the digits, without an account', async () => {
        await tap(/同意调解/)
        await phone.page.getByText('您已同意调解').waitFor()
    })

    it('finds it answered when the link is opened again', async () => {
        await phone.page.reload()
        await phone.page.getByText('这份邀请已经答复过了').waitFor()
    })

    it('follows it from there: the sign-in leads to the dispute', async () => {
        await phone.page.getByTestId('follow').click()
        await phone.page.getByText('接着看这件事').waitFor()
        expect(phone.page.url()).not.toMatch(/\d{11}/)
        await enterCode(phone.page, AGREES)
        await phone.page.waitForURL(/\/app$/)
        await phone.page.getByRole('link', { name: '征地青苗费到户有出入' }).waitFor()
    })

    it('and is not asked again who is signed in already', async () => {
        await phone.page.goto(invitationTo(AGREES).path)
        await phone.page.getByTestId('follow').click()
        await phone.page.waitForURL(/\/app$/)
    })

    it('declines in two taps after the digits, and is told that other ways stay open', async () => {
        const { path, code } = invitationTo(DECLINES)
        await phone.page.goto(path)
        await phone.page.locator('#code').fill(code)
        await tap(/我不想调解/)
        await phone.page.getByText('不影响您的权利').waitFor()
        await tap(/我不调解/)
        await phone.page.getByText('您的答复已收到').waitFor()
    })

    it('is told where a link leads nowhere', async () => {
        await phone.page.goto('/i/0123456789abcdef0123456789abcdef')
        await phone.page.getByText('没有找到这份邀请').waitFor()
    })

    it('and nobody’s browser complained', () => expect(phone.complaints).toEqual([]))
})
