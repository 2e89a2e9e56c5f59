// Before a session: what a device lacks is said in words, with what to do.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { planSession, tap } from './meeting'
import { signIn, signInStaff } from './people'

const DISPUTE = '孩子踢球砸坏停放车辆'
const [RESPONDENT, MEDIATOR] = ['19000000009', 'shi.lan']
const WECHAT = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0.50'

let browser: Browser
let phone: Seat
let host: Seat
let path = ''

beforeAll(async () => {
    browser = await launch()
    phone = await seat(browser)
    host = await seat(browser)
    await signInStaff(host.page, MEDIATOR, '/app/staff-sign-in')
    path = await planSession(host.page, DISPUTE, 20)
    await signIn(phone.page, RESPONDENT)
})
afterAll(() => browser.close())

/** What a browser answers that has no such device, or gives none. */
async function open(error?: { audio?: string; video?: string; agent?: string }) {
    const page = await phone.context.newPage()
    await page.addInitScript((given) => {
        if (given?.agent) Object.defineProperty(navigator, 'userAgent', { value: given.agent })
        const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = (wanted) => {
            const name = wanted?.audio ? given?.audio : given?.video
            return name ? Promise.reject(new DOMException('no', name)) : get(wanted)
        }
    }, error)
    await page.goto(`${path}/check`)
    await tap(page, 'device-start')
    return page
}

describe('trying the devices', () => {
    it('shows oneself, and that one is heard', async () => {
        const page = await open()
        await page.getByText('听得到您').waitFor()
        await expect
            .poll(() => page.getByTestId('self').evaluate((one) => (one as HTMLVideoElement).videoWidth))
            .toBeGreaterThan(0)
        await page.getByText('都好了').waitFor()
        await tap(page, 'to-session')
        await page.getByTestId('session-page').waitFor()
        await page.close()
    })

    it.each([
        ['NotAllowedError', '话筒没有允许', '摄像头没有允许'],
        ['NotFoundError', '没有找到话筒', '没有找到摄像头'],
        ['NotReadableError', '话筒被别的应用占着', '摄像头被别的应用占着'],
    ])('says what %s means and what to do', async (name, sound, picture) => {
        const page = await open({ audio: name, video: name })
        await page.getByTestId('trouble-audio').getByText(sound).waitFor()
        await page.getByTestId('trouble-video').getByText(picture).waitFor()
        await page.getByText('可以打字').waitFor()
        await page.close()
    })

    it('goes without a camera', async () => {
        const page = await open({ video: 'NotFoundError' })
        await page.getByTestId('trouble-video').getByText('只用声音也能谈').waitFor()
        await page.getByText('听得到您').waitFor()
        await page.close()
    })

    it('inside WeChat says to open it in a browser', async () => {
        const page = await open({ audio: 'NotAllowedError', video: 'NotAllowedError', agent: WECHAT })
        await page.getByTestId('trouble-audio').getByText('请用浏览器打开').waitFor()
        await page.getByTestId('trouble-audio').getByRole('button').click()
        await page.getByText('粘贴到浏览器').waitFor()
        await page.close()
    })

    it('tells when the door opens meanwhile', async () => {
        const page = await open()
        await tap(host.page, 'step-notify')
        await tap(host.page, 'step-open')
        await page.getByTestId('door-open').waitFor()
        expect(await host.page.getByTestId('step-identities').isDisabled()).toBe(true)
        await host.page.getByTestId('hindrance').getByText('还没有人到').waitFor()
        await page.close()
    })
})

it('nobody’s browser complained', () => expect(phone.complaints).toEqual([]))
