// What happened is told to those it concerns, and what waits for a second person is found by that person.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, type Seat, launch, seat } from './browser'
import { looksRight, violations } from './look'
import { tap } from './meeting'
import { signIn, signInStaff } from './people'
import { closeOwnDemo, openOwnDemo } from './place'
import { staff } from './staff_api'

const DISPUTE = '征地青苗费到户有出入'
const LABOUR = '快递站点搬货扭伤腰'
const [LE, ZHUANG] = ['19000000010', '19000000016']

let browser: Browser
let leader: Seat
let le: Seat
let zhuang: Seat
let id = ''
let known = 0

interface List {
    disputes: { id: string; title: string }[]
}

// What ends here is invited to elsewhere.
beforeAll(async () => {
    await openOwnDemo()
    browser = await launch()
    leader = await seat(browser, DESK)
    le = await seat(browser)
    zhuang = await seat(browser)
    await signInStaff(leader.page, 'fang.suozhang', '/desk/sign-in')
    await signIn(le.page, LE)
    known = await terminated(le.page)
    await signIn(zhuang.page, ZHUANG)
    const officer = await staff('xu.chaosheng')
    const { disputes } = await officer.read<List>('/v1/disputes?limit=100')
    id = disputes.find(({ title }) => title === DISPUTE)?.id ?? ''
    const body = { ending: 'terminate', reason: 'unreachable', explanation: '两次上门都没有人。' }
    await officer.command(`/v1/disputes/${id}/endings`, body)
})
afterAll(async () => {
    await browser.close()
    await closeOwnDemo()
})

const unread = async (page: Page) => Number(await page.getByTestId('unread').getAttribute('data-count'))
const notices = (page: Page, kind: string) => page.locator(`[data-testid=notice][data-kind=${kind}]`)

/** How many ends somebody was told of; this one has been told of others. */
async function terminated(page: Page): Promise<number> {
    await page.goto('/app/notices')
    await page.getByTestId('notice').first().waitFor()
    return notices(page, 'terminated').count()
}

describe('a leader', () => {
    it('is told that something waits for approval', async () => {
        const { page } = leader
        await page.goto('/desk/notices')
        await expect
            .poll(async () => {
                await page.reload()
                await page.getByTestId('notice').first().waitFor()
                return notices(page, 'approval_asked').count()
            })
            .toBeGreaterThan(0)
        expect(await violations(page)).toEqual([])
        const before = await unread(page)
        await notices(page, 'approval_asked').first().click()
        await page.getByTestId('timeline').waitFor()
        await expect.poll(() => unread(page)).toBe(before - 1)
    })

    it('finds it in a list, and it is gone from there once approved', async () => {
        const { page } = leader
        await page.goto('/desk/approvals')
        const row = page.getByTestId('approvals').getByRole('row', { name: new RegExp(DISPUTE) })
        await row.getByText('终止调解').waitFor()
        expect(await violations(page)).toEqual([])
        await row.getByRole('link').click()
        await tap(page, 'command-approve_ending')
        await page.locator('form .button.bad').click()
        await page.getByText('调解结束').first().waitFor({ timeout: 30_000 })
        await page.goto('/desk/approvals')
        await page.getByText('没有等您审批的').waitFor()
    })
})

describe('a legal reviewer', () => {
    it('finds what runs as public security mediation, and nothing else', async () => {
        const reviewer = await seat(browser, DESK)
        const { page } = reviewer
        await signInStaff(page, 'lu.faxin', '/desk/sign-in')
        await page.getByRole('link', { name: '治安调解' }).click()
        const body = page.locator('tbody')
        await body.getByText('邻里争吵推搡受皮外伤').waitFor()
        expect(await body.getByText('楼上半夜拖动桌椅').count()).toBe(0)
        expect(await violations(page)).toEqual([])
        expect(reviewer.complaints).toEqual([])
    })
})

describe('a party', () => {
    it('sees how much is new, opens what happened, and is led there', async () => {
        const { page } = le
        await expect.poll(() => terminated(page)).toBe(known + 1)
        const newest = notices(page, 'terminated').first()
        await newest.getByText('没看').waitFor()
        await looksRight(page)
        const before = await unread(page)
        await newest.click()
        await page.waitForURL(new RegExp(`/app/disputes/${id}$`))
        await page.getByText('您随时可以去法院起诉').waitFor()
        await looksRight(page)
        await page.goto('/app/notices')
        await page.getByTestId('notice').first().waitFor()
        expect(await newest.getByText('没看').count()).toBe(0)
        if (before > 1) {
            await expect.poll(() => unread(page)).toBe(before - 1)
            await tap(page, 'all-read')
        }
        await page.getByTestId('unread').waitFor({ state: 'detached' })
    })

    it('may leave at any time, and reads where else to go', async () => {
        const { page } = zhuang
        await page.goto('/app')
        await page.getByRole('link', { name: LABOUR }).click()
        const card = page.getByTestId('elsewhere')
        await card.locator('summary').click()
        await card.getByText('劳动仲裁').waitFor()
        await looksRight(page)
        await tap(page, 'leave')
        await page.getByRole('button', { name: '撤销' }).click()
        await tap(page, 'leave')
        await page.getByText('调解结束').first().waitFor({ timeout: 30_000 })
        expect(await page.getByTestId('leave').count()).toBe(0)
    })
})

it('nobody’s browser complained', () => {
    expect([leader, le, zhuang].flatMap(({ complaints }) => complaints)).toEqual([])
})
