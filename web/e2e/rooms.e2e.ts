import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { signIn, signInStaff } from './people'

const DISPUTE = '宠物犬在电梯里扑人'
const [RESPONDENT, MEDIATOR] = ['19000000016', 'he.niangjiu']

let browser: Browser
let zhuang: Seat
let mediator: Seat

beforeAll(async () => {
    browser = await launch()
    zhuang = await seat(browser)
    mediator = await seat(browser)
})
afterAll(() => browser.close())

const said = ({ page }: Seat, text: string) => page.locator('article', { hasText: text })
const mark = (of: Seat, text: string) => said(of, text).locator('.foot')

async function say({ page }: Seat, text: string) {
    await page.getByTestId('composer').fill(text)
    await page.getByTestId('send').click()
}

async function enter({ page }: Seat, kind: string) {
    await page.getByRole('link', { name: DISPUTE }).click()
    await page.getByTestId(`room-${kind}`).click()
    await page.getByTestId('composer').waitFor()
}

describe('two people in a room', () => {
    it('both come in, each by their own door', async () => {
        await signIn(zhuang.page, RESPONDENT)
        await signInStaff(mediator.page, MEDIATOR, '/app/staff-sign-in')
        await enter(zhuang, 'joint')
        await enter(mediator, 'joint')
    })

    it('one sees what the other says, and the other that it was seen', async () => {
        await say(zhuang, '晚上十点以后能不能轻一点？')
        await said(mediator, '晚上十点以后能不能轻一点？').waitFor()
        await mark(zhuang, '晚上十点以后能不能轻一点？').getByText('对方已看').waitFor()
    })

    it('who reads by ear is told who said what, and not what they said themselves (UI-8)', async () => {
        const told = (seat: Seat) => seat.page.locator('[role="status"][aria-live="polite"]').first()
        await say(mediator, '我来跟楼上说。')
        await expect.poll(() => told(zhuang).textContent()).toMatch(/何阿根.*我来跟楼上说。/)
        expect(await told(mediator).textContent()).not.toContain('我来跟楼上说。')
    })

    it('what one has not read is counted while it is said, and only that', async () => {
        const { page } = zhuang
        await page.getByTestId('back').click()
        const joint = page.getByTestId('room-joint')
        await say(mediator, '楼上说可以。')
        await joint.getByText('1条没看').waitFor()
        await page.getByTestId('back').click()
        const card = page.getByRole('link', { name: DISPUTE })
        await card.getByText('有1句话没看').waitFor()
        await card.click()
        await joint.click()
        await said(zhuang, '楼上说可以。').waitFor()
        await page.getByTestId('back').click()
        await joint.waitFor()
        await joint.getByTestId('unread').waitFor({ state: 'detached' })
        // That the room was opened and who came in is in the other one, which nobody has looked at yet.
        await page.getByTestId('room-caucus').waitFor()
        expect(await page.getByTestId('unread').count()).toBe(0)
        await joint.click()
        await page.getByTestId('composer').waitFor()
    })

    it('what is typed without a network waits, and arrives once', async () => {
        await zhuang.context.setOffline(true)
        await say(zhuang, '断网时写的话')
        await zhuang.page.getByTestId('offline').waitFor()
        await mark(zhuang, '断网时写的话').getByText('待发送').waitFor()
        await say(mediator, '您还在吗？')
        await zhuang.context.setOffline(false)
        await said(mediator, '断网时写的话').waitFor()
        await said(zhuang, '您还在吗？').waitFor()
        await zhuang.page.getByText('待发送').waitFor({ state: 'detached' })
        await zhuang.page.reload()
        await said(zhuang, '断网时写的话').waitFor()
        expect(await said(zhuang, '断网时写的话').count()).toBe(1)
        expect(await said(mediator, '断网时写的话').count()).toBe(1)
    })

    it('what is typed without a network survives the page being closed', async () => {
        await zhuang.context.setOffline(true)
        await say(zhuang, '关掉再打开也还在')
        await mark(zhuang, '关掉再打开也还在').getByText('待发送').waitFor()
        await zhuang.page.goto('about:blank')
        await zhuang.context.setOffline(false)
        await zhuang.page.goto('/app')
        await said(mediator, '关掉再打开也还在').waitFor()
        await enter(zhuang, 'joint')
        await said(zhuang, '关掉再打开也还在').waitFor()
        expect(await said(mediator, '关掉再打开也还在').count()).toBe(1)
    })

    it('the app opens without a network, and goes on when it is back', async () => {
        await zhuang.context.setOffline(true)
        await zhuang.page.reload()
        await zhuang.page.getByText('网络连不上').waitFor()
        await zhuang.context.setOffline(false)
        await said(zhuang, '关掉再打开也还在').waitFor()
    })

    it('a draft is still there after the page was closed', async () => {
        await zhuang.page.getByTestId('composer').fill('写到一半')
        await zhuang.page.goto('/app')
        await enter(zhuang, 'joint')
        expect(await zhuang.page.getByTestId('composer').inputValue()).toBe('写到一半')
        await zhuang.page.getByTestId('composer').fill('')
    })

    it('a caucus says who can hear it', async () => {
        await zhuang.page.getByTestId('back').click()
        await zhuang.page.getByTestId('room-caucus').click()
        await zhuang.page.getByText('私密会谈：仅调解员可听').waitFor()
        await zhuang.page.getByText('对方看不到').waitFor()
    })

    it('where no socket comes about, requests do: slower, and nothing is lost', async () => {
        await zhuang.page.routeWebSocket(/v1\/live/, (socket) => socket.close())
        await zhuang.page.goto('/app')
        await enter(zhuang, 'joint')
        await said(zhuang, '关掉再打开也还在').waitFor()
        await say(zhuang, '没有长连接也能说')
        await said(mediator, '没有长连接也能说').waitFor()
        await say(mediator, '也听得到')
        await said(zhuang, '也听得到').waitFor()
        expect(await said(mediator, '没有长连接也能说').count()).toBe(1)
    })

    it('nobody’s browser complained', () => {
        expect([...zhuang.complaints, ...mediator.complaints]).toEqual([])
    })
})
