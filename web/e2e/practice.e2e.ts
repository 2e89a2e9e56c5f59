// Whoever names their kin is never asked to mediate among them unless the parties know it.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { looksRight } from './look'
import { tap } from './meeting'
import { signIn, signInStaff } from './people'

const DISPUTE = '离异后孩子探望时间'
const YU = '19000000013'

let browser: Browser
let lawyer: Seat
let party: Seat

beforeAll(async () => {
    browser = await launch()
    lawyer = await seat(browser)
    party = await seat(browser)
    await signInStaff(lawyer.page, 'tang.lvshi', '/app/staff-sign-in')
    await signIn(party.page, YU)
})
afterAll(() => browser.close())

it('one says what one is good at', async () => {
    const { page } = lawyer
    await page.goto('/app/me')
    await tap(page, 'practice')
    const skills = page.getByTestId('skills')
    await expect.poll(() => skills.getByLabel('会说的方言').inputValue()).toBe('上海话')
    await skills.getByLabel('劳动').check()
    await skills.getByLabel('会说的方言').fill('上海话 宁波话')
    await skills.getByRole('button', { name: '保存' }).click()
    await skills.getByText('存好了').waitFor()
    await page.reload()
    await expect.poll(() => skills.getByLabel('劳动').isChecked()).toBe(true)
    expect(await skills.getByLabel('会说的方言').inputValue()).toBe('上海话 宁波话')
})

it('and who one’s kin are', async () => {
    const { page } = lawyer
    const kin = page.getByTestId('kin')
    await tap(page, 'add-kin')
    expect(await page.getByTestId('save-kin').isDisabled()).toBe(true)
    await kin.getByLabel('姓名').fill('虞婷婷')
    await kin.getByLabel('手机号').fill(YU)
    await kin.getByLabel('是您的').selectOption('in_law')
    await looksRight(page)
    await tap(page, 'save-kin')
    await kin.getByText('存好了').waitFor()
    await page.reload()
    await expect.poll(() => kin.getByLabel('姓名').inputValue()).toBe('虞婷婷')
})

it('a dispute of theirs says so, and cannot be taken on in silence', async () => {
    const { page } = lawyer
    await page.goto('/app/offers')
    await page.getByTestId('offer').filter({ hasText: DISPUTE }).click()
    await page.getByTestId('conflicts').getByText('您和一方有亲属关系').waitFor()
    expect(await page.getByTestId('has-none').count()).toBe(0)
    expect(await page.getByTestId('claim').isDisabled()).toBe(true)
    await looksRight(page)
    await page.getByTestId('interests').fill('一方是我的姻亲。')
    await tap(page, 'claim')
    await page.getByTestId('neutral').getByText('您已说明').waitFor()
})

it('the parties read it', async () => {
    const { page } = party
    await page.goto('/app')
    await page.getByRole('link', { name: DISPUTE }).click()
    await page.getByTestId('disclosure').getByText('一方是我的姻亲。').waitFor()
    await tap(page, 'accept-neutral')
    await page.getByTestId('disclosure').getByText('您答复过了').waitFor()
    await page.reload()
    await page.getByTestId('disclosure').getByText('您答复过了').waitFor()
})

it('nobody’s browser complained', () => expect([...lawyer.complaints, ...party.complaints]).toEqual([]))
