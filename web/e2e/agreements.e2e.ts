import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { through } from './by_request'
import { photo } from './files'
import { looksRight } from './look'
import { signIn } from './people'
import { putUp, staff, type Staff } from './staff_api'

const DISPUTE = '出租房押金不退'
const [TONG, ZHU] = ['19000000005', '19000000006']

let browser: Browser
let tong: Seat
let zhu: Seat
let mediator: Staff
let path = ''
let hash = ''

const idOf = (page: Page) => /dsp_[0-9a-f]+/.exec(page.url())?.[0] ?? ''

beforeAll(async () => {
    browser = await launch()
    tong = await seat(browser)
    zhu = await seat(browser)
    await signIn(tong.page, TONG)
    await signIn(zhu.page, ZHU)
    await tong.page.getByRole('link', { name: DISPUTE }).click()
    await tong.page.getByTestId('to-evidence').waitFor()
    const id = idOf(tong.page)
    path = `/app/disputes/${id}`
    // The digits of an authenticator are good once.
    mediator = await staff('bao.hesheng')
    hash = (await putUp(mediator, id)).text_hash
})
afterAll(() => browser.close())

async function sign({ page }: Seat) {
    await page.goto(path)
    await page.getByTestId('to-agreement').click()
    await page.getByText('支付', { exact: false }).or(page.getByText('退还租房押金')).first().waitFor()
    expect(await page.getByText('全文的指纹').textContent()).toContain(hash)
    expect(await page.getByTestId('sign').isDisabled()).toBe(true)
    await page.getByTestId('read').check()
    await page.getByTestId('sign').click()
}

const states = async ({ page }: Seat) =>
    (await page.getByTestId('signature-state').allTextContents()).map((s) => s.trim())

describe('an agreement', () => {
    it('is signed by one, and the other is not told', async () => {
        await sign(tong)
        await tong.page.getByText('还在等当事人签名').waitFor()
        expect(await states(tong)).toEqual(['已签', '要等大家都签'])
        await zhu.page.goto(`${path}/agreement`)
        await zhu.page.getByTestId('sign').waitFor()
        expect(await states(zhu)).toEqual(['未签', '要等大家都签'])
        await looksRight(zhu.page)
    })

    it('is in effect once all have signed and the seal is on it, and says what comes next', async () => {
        await sign(zhu)
        for (const { page } of [zhu, tong]) await page.getByText('等调解员签名').waitFor()
        expect(await states(zhu)).toEqual(['已签', '已签'])
        const id = idOf(zhu.page)
        const body = { text_hash: hash }
        await mediator.command(`/v1/disputes/${id}/agreement/sign-as-mediator`, body)
        await (await staff('hu.zhuren')).command(`/v1/disputes/${id}/agreement/seal`, body)
        for (const { page } of [zhu, tong]) await page.getByText('可一起请法院确认').waitFor()
        await zhu.page.getByRole('link', { name: '看答应的事' }).click()
        await zhu.page.getByText('我要办的').waitFor()
    })
})

describe('a promise', () => {
    it('is reported by one side, with a photo picked on the way', async () => {
        const { page } = zhu
        await tong.page.goto(`${path}/obligations`)
        await tong.page.getByText('对方要为我办的').waitFor()
        // Who has no line in that moment is told as well.
        await tong.context.setOffline(true)
        await page.goto(`${path}/obligations`)
        await page.getByTestId('report').click()
        await page.getByTestId('note').fill('已经转了')
        await page.getByTestId('gallery').setInputFiles(photo('transfer.png', 40))
        await page.getByRole('button', { name: /transfer/ }).waitFor()
        await looksRight(page)
        await page.getByTestId('send-report').click()
        await page.getByText('对方确认后，就算办到了').waitFor()
        await tong.context.setOffline(false)
        await tong.page.getByTestId('confirm').waitFor({ timeout: 8_000 })
        const all = await through(page).read<{ obligations: { history: { evidence: string | null }[] }[] }>(
            path.replace('/app', '/v1') + '/obligations',
        )
        expect(all.obligations.flatMap(({ history }) => history.map((step) => step.evidence))).toContainEqual(
            expect.stringMatching(/^evd_/),
        )
        await page.getByTestId('lasting').getByText('不再上门吵闹').waitFor()
    })

    it('and confirmed by the other, who can undo the tap, and has done it when they leave', async () => {
        const { page } = tong
        await page.getByTestId('proof').click()
        await page.locator('img[alt="transfer.png"]').waitFor()
        await page.getByText('· 对方').waitFor()
        await looksRight(page)
        await page.getByTestId('confirm').click()
        await page.getByRole('button', { name: '撤销' }).click()
        await page.getByTestId('confirm').click()
        await page.reload()
        await page.getByTestId('promise-state').getByText('办到了').waitFor({ timeout: 8_000 })
        await zhu.page.getByTestId('promise-state').getByText('办到了').waitFor()
    })
})

it('nobody’s browser complained', () => expect([...tong.complaints, ...zhu.complaints]).toEqual([]))
