// Writing an agreement: nothing typed is lost, not even to a colleague; then signatures, on the screen and on paper.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { pdf } from './files'
import { looksRight } from './look'
import { tap } from './meeting'
import { box, openDraft, signAsMediator, writeClause, writeTexts } from './paper'
import { signIn, signInStaff } from './people'

const DISPUTE = '烧烤店油烟直排居民楼'
const ORAL = '电动车与行人路口相撞'
const PAPER = '餐馆拖欠三个月工资'
const [SHEN, ZHU] = ['19000000003', '19000000006']

let browser: Browser
let seats: Seat[] = []
let path = ''
const at = (n: number) => (seats[n] as Seat).page
const [MEDIATOR, LAWYER, APPLICANT, RESPONDENT, SHI, BAO] = [0, 1, 2, 3, 4, 5]

beforeAll(async () => {
    browser = await launch()
    seats = await Promise.all([0, 1, 2, 3, 4, 5].map(() => seat(browser)))
    await signInStaff(at(MEDIATOR), 'he.niangjiu', '/app/staff-sign-in')
    await signInStaff(at(LAWYER), 'wu.lvshi', '/app/staff-sign-in')
    await signInStaff(at(SHI), 'shi.lan', '/app/staff-sign-in')
    await signInStaff(at(BAO), 'bao.hesheng', '/app/staff-sign-in')
    await signIn(at(APPLICANT), SHEN)
    await signIn(at(RESPONDENT), ZHU)
})
afterAll(() => browser.close())

const state = (page: Page) => page.getByTestId('draft-state')
describe('a draft', () => {
    it('is on the device with every letter', async () => {
        const page = at(MEDIATOR)
        await openDraft(page, DISPUTE)
        path = new URL(page.url()).pathname.replace(/\/agreement\/draft$/, '')
        await box(page, '主要事实').fill('烧烤店油烟飘进')
        await state(page).getByText('有改动还没交').waitFor()
        await page.reload()
        await page.getByTestId('drafting').waitFor()
        expect(await box(page, '主要事实').inputValue()).toBe('烧烤店油烟飘进')
        await looksRight(page)
    })

    it('is not handed in with a clause that says nothing, and says so', async () => {
        const page = at(MEDIATOR)
        await tap(page, 'add-clause')
        await tap(page, 'save-draft')
        await page.getByTestId('clause').getByText('请写做什么').waitFor()
        await state(page).getByText('有改动还没交').waitFor()
        await tap(page, 'remove-clause')
        await page.getByRole('button', { name: '撤销' }).click()
        await page.getByTestId('clause').waitFor()
        await tap(page, 'remove-clause')
    })

    it('asks for a promise that lasts in words of its own, and for no sum', async () => {
        const page = at(MEDIATOR)
        await tap(page, 'add-clause')
        const clause = page.getByTestId('clause')
        await clause.getByLabel('哪一类').selectOption('undertaking')
        await box(page, '保证什么').fill('晚上十点以后不排烟')
        await box(page, '谁来保证').selectOption({ index: 2 })
        await box(page, '怎么办').selectOption('forbearance')
        await box(page, '什么时候办').selectOption('standing')
        await clause.getByText('从协议生效那天算起').waitFor()
        expect(await clause.getByText('多少钱').count()).toBe(0)
        await looksRight(page)
        await tap(page, 'save-draft')
        await state(page).getByText('都存好了').waitFor()
        expect(await page.getByTestId('missing').getByText('第1条').count()).toBe(0)
        await tap(page, 'remove-clause')
    })

    it('says what it still lacks, and leads there', async () => {
        const page = at(MEDIATOR)
        await tap(page, 'save-draft')
        await state(page).getByText('都存好了').waitFor()
        const missing = page.getByTestId('missing')
        await missing.getByRole('button', { name: '争在哪里' }).click()
        expect(await box(page, '争在哪里').evaluate((one) => one === document.activeElement)).toBe(true)
        await writeTexts(page, '烧烤店油烟飘进楼上。', '油烟怎么排。')
        await writeClause(page, '出改排烟管的钱', 'by')
        await tap(page, 'save-draft')
        await state(page).getByText('都存好了').waitFor()
        expect(await missing.count()).toBe(0)
    })
})

describe('two who write at once', () => {
    it('lose nothing: the second is shown what the first wrote, and keeps what was typed', async () => {
        const [mediator, lawyer] = [at(MEDIATOR), at(LAWYER)]
        await openDraft(lawyer, DISPUTE)
        await box(mediator, '主要事实').fill('调解员写的事实。')
        await box(lawyer, '主要事实').fill('律师写的事实。')
        await tap(lawyer, 'save-draft')
        await state(lawyer).getByText('都存好了').waitFor()
        await tap(mediator, 'save-draft')
        await mediator.getByTestId('theirs').getByText('律师写的事实。').waitFor()
        expect(await box(mediator, '主要事实').inputValue()).toBe('调解员写的事实。')
        await looksRight(mediator)
    })

    it('still so after the page was closed', async () => {
        const page = at(MEDIATOR)
        await page.reload()
        await page.getByTestId('theirs').getByText('律师写的事实。').waitFor()
        expect(await box(page, '主要事实').inputValue()).toBe('调解员写的事实。')
    })

    it('one may take theirs, undo that, and put one’s own in place of it', async () => {
        const page = at(MEDIATOR)
        await tap(page, 'take-theirs')
        expect(await box(page, '主要事实').inputValue()).toBe('律师写的事实。')
        await page.getByRole('button', { name: '撤销' }).click()
        expect(await box(page, '主要事实').inputValue()).toBe('调解员写的事实。')
        await tap(page, 'keep-mine')
        await state(page).getByText('都存好了').waitFor()
        await at(LAWYER).reload()
        await expect.poll(() => box(at(LAWYER), '主要事实').inputValue()).toBe('调解员写的事实。')
    })
})

describe('signing', () => {
    const sign = async (page: Page) => {
        await page.goto(`${path}/agreement`)
        await page.getByTestId('read').check()
        await tap(page, 'sign')
        await page.getByText('等当事人签名').or(page.getByText('等调委会盖章')).first().waitFor()
    }

    it('only the mediator asks for it', async () => {
        await at(LAWYER).getByText('请大家签名由调解员来办').waitFor()
        expect(await at(LAWYER).getByTestId('put-up').count()).toBe(0)
        await tap(at(MEDIATOR), 'put-up')
        await at(MEDIATOR).getByTestId('mediator-part').waitFor()
        await at(MEDIATOR).getByText('全文的指纹').waitFor({ state: 'attached' })
        await looksRight(at(MEDIATOR))
    })

    it('a text taken back is changed, and signed anew', async () => {
        await sign(at(APPLICANT))
        const page = at(MEDIATOR)
        await tap(page, 'reopen')
        await page.getByTestId('drafting').waitFor({ timeout: 30_000 })
        await box(page, '争在哪里').fill('油烟怎么排，什么时候改。')
        await tap(page, 'put-up')
        await page.getByTestId('mediator-part').waitFor()
        await sign(at(APPLICANT))
    })

    it('the mediator signs once, before or after the parties', async () => {
        const page = at(MEDIATOR)
        await signAsMediator(page)
        await page.reload()
        await page.getByTestId('mediator-part').getByText('已签').waitFor()
        expect(await page.getByTestId('mediator-sign').count()).toBe(0)
        await sign(at(RESPONDENT))
        await page.reload()
        await page.getByText('等调委会盖章').waitFor()
        await at(RESPONDENT).reload()
        await at(RESPONDENT).getByText('等调委会盖章').waitFor()
    })
})

describe('without a signature on a screen', () => {
    it('a small thing done at once is agreed orally', async () => {
        const page = at(SHI)
        await openDraft(page, ORAL)
        await writeTexts(page, '电动车在路口碰到行人。', '看伤的钱谁出。')
        await writeClause(page, '赔看伤的钱', 'at_once')
        await box(page, '协议的形式').selectOption('oral')
        await tap(page, 'agree-orally')
        await page.waitForURL(/\/agreement$/, { timeout: 30_000 })
        await page.getByText('生效').first().waitFor()
    })

    it('what was signed on paper is recorded with a photo of it', async () => {
        const page = at(BAO)
        await openDraft(page, PAPER)
        const dispute = new URL(page.url()).pathname.replace(/\/agreement\/draft$/, '')
        await writeTexts(page, '三个月工资没有发。', '什么时候付清。')
        await writeClause(page, '付三个月工资', 'by')
        await tap(page, 'put-up')
        await page.getByTestId('mediator-part').waitFor()
        await page.goto(`${dispute}/evidence`)
        await page.getByTestId('files').setInputFiles(pdf('signed.pdf', 3_000))
        await page.locator('article', { hasText: 'signed' }).waitFor()
        await page.goto(`${dispute}/agreement`)
        await tap(page, 'paper')
        await page.getByLabel(/signed/).check()
        for (const one of await page.getByLabel(/怎么签的$/).all()) await one.selectOption('wet_ink')
        await looksRight(page)
        await tap(page, 'paper-send')
        await page.getByText('等调委会盖章').waitFor()
    })
})

it('nobody’s browser complained', () => expect(seats.flatMap(({ complaints }) => complaints)).toEqual([]))
