// A lawyer and a mediator take on a dispute, and the parties say whether they want them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { looksRight } from './look'
import { tap } from './meeting'
import { signIn, signInStaff } from './people'

const DISPUTE = '承包茶山到期青苗补偿'
const [XIN, YU] = ['19000000014', '19000000008']
const INTERESTS = '三年前替双方所在的村写过一份合同。'

let browser: Browser
let seats: Seat[] = []
let path = ''
const at = (n: number) => (seats[n] as Seat).page
const [LAWYER, MEDIATOR, APPLICANT, RESPONDENT] = [0, 1, 2, 3]

beforeAll(async () => {
    browser = await launch()
    seats = await Promise.all([seat(browser), seat(browser), seat(browser), seat(browser)])
    await signInStaff(at(LAWYER), 'luo.lvshi', '/app/staff-sign-in')
    await signInStaff(at(MEDIATOR), 'jin.suyue', '/app/staff-sign-in')
    await signIn(at(APPLICANT), XIN)
    await signIn(at(RESPONDENT), YU)
})
afterAll(() => browser.close())

async function openOffer(page: Page) {
    await page.goto('/app')
    await tap(page, 'offers')
    await page.getByTestId('offer').filter({ hasText: DISPUTE }).click()
    await page.getByTestId('conflicts').waitFor()
}

describe('taking a dispute on', () => {
    it('shows what it is about, nobody’s name, and no button before one has declared', async () => {
        const page = at(LAWYER)
        await openOffer(page)
        await page.getByText('姓名和经过，认领以后才看得到').waitFor()
        expect(await page.locator('main').innerText()).not.toContain('忻建军')
        expect(await page.getByTestId('claim').isDisabled()).toBe(true)
        await tap(page, 'has-some')
        expect(await page.getByTestId('claim').isDisabled()).toBe(true)
        await looksRight(page)
    })

    it('keeps what was typed when the page is closed', async () => {
        const page = at(LAWYER)
        await page.getByTestId('interests').fill(INTERESTS)
        await page.reload()
        expect(await page.getByTestId('interests').inputValue()).toBe(INTERESTS)
    })

    it('makes a lawyer one who has told of interests', async () => {
        const page = at(LAWYER)
        await tap(page, 'claim')
        await page.waitForURL(/\/app\/disputes\/dsp_/)
        path = new URL(page.url()).pathname
        await page.getByTestId('neutral').getByText('您已说明').waitFor()
        await looksRight(page)
    })

    it('makes somebody the committee appointed the mediator', async () => {
        const page = at(MEDIATOR)
        await openOffer(page)
        await page.getByTestId('as-mediator').check()
        await tap(page, 'has-none')
        await tap(page, 'claim')
        await page.getByTestId('neutral').getByText('您已说明').waitFor()
        expect(new URL(page.url()).pathname).toBe(path)
    })
})

describe('the parties', () => {
    const told = (page: Page, part: string) => page.getByTestId('disclosure').filter({ hasText: part })

    it('read what each has told', async () => {
        const page = at(APPLICANT)
        await page.goto(path)
        await told(page, '律师').getByText(INTERESTS).waitFor()
        await told(page, '（调解员）').getByText('我和双方没有亲友').waitFor()
        await looksRight(page)
    })

    it('both accept the mediator, who sees it', async () => {
        for (const n of [APPLICANT, RESPONDENT]) {
            await at(n).goto(path)
            await told(at(n), '（调解员）').getByTestId('accept-neutral').click()
            await told(at(n), '（调解员）').getByTestId('accept-neutral').waitFor({ state: 'detached' })
            if (n === APPLICANT) await told(at(n), '（调解员）').getByText('您答复过了').waitFor()
        }
        await told(at(RESPONDENT), '（调解员）').waitFor({ state: 'detached' })
        await at(MEDIATOR).reload()
        await at(MEDIATOR).getByTestId('neutral').getByText('大家都接受您').waitFor()
    })

    it('may ask for another lawyer, and take it back for ten seconds', async () => {
        const page = at(APPLICANT)
        await page.reload()
        await told(page, '律师').getByTestId('refuse-neutral').click()
        await page.getByRole('button', { name: '撤销' }).click()
        await told(page, '律师').getByTestId('refuse-neutral').click()
        await told(page, '律师').waitFor({ state: 'detached', timeout: 30_000 })
        await at(LAWYER).goto('/app')
        await at(LAWYER).getByTestId('offers').waitFor()
        await at(LAWYER)
            .getByText('正在')
            .or(at(LAWYER).getByText('已有'))
            .or(at(LAWYER).getByText('您还没有'))
            .first()
            .waitFor()
        expect(await at(LAWYER).getByRole('link', { name: DISPUTE }).count()).toBe(0)
    })
})

describe('stepping down', () => {
    it('leaves the dispute, which is offered to others but not to whoever left', async () => {
        const page = at(MEDIATOR)
        await page.goto(path)
        await tap(page, 'step-down')
        await page.waitForURL(/\/app$/, { timeout: 30_000 })
        await openOffer(page)
        await page.getByText('您从这件退出过').waitFor()
        expect(await page.getByTestId('claim').count()).toBe(0)
        await looksRight(page)
    })
})

it('nobody’s browser complained', () => expect(seats.flatMap(({ complaints }) => complaints)).toEqual([]))
