import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, PHONE, type Seat, launch, seat } from './browser'
import { overflow, smallTargets, textSizes, violations } from './look'
import { LIN, OFFICER, signIn, signInStaff } from './people'
import { SCREENS, type Screen } from './screens'

const SHOTS = new URL('../shots/', import.meta.url).pathname
const LOOKS = ['zh', 'en'].flatMap((language) => [false, true].map((elder) => ({ language, elder })))

let browser: Browser
let nobody: Seat
let resident: Seat
let party: Seat
let mediator: Seat
let desk: Seat
let leader: Seat

beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true })
    browser = await launch()
    ;[nobody, resident, mediator] = await Promise.all([seat(browser), seat(browser), seat(browser)])
    ;[party, desk, leader] = await Promise.all([seat(browser), seat(browser, DESK), seat(browser, DESK)])
    await signIn(party.page, '19000000012')
    await signIn(resident.page, LIN)
    await signInStaff(mediator.page, 'shi.lan', '/app/staff-sign-in')
    await signInStaff(desk.page, OFFICER, '/desk/sign-in')
    await signInStaff(leader.page, 'zhou.donghai', '/desk/sign-in')
})
afterAll(() => browser.close())

function seatOf(screen: Screen): Seat {
    return { nobody, resident, party, mediator, desk, leader }[screen.who]
}

async function dress(at: Seat, language: string, elder: boolean, dark: boolean) {
    await at.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    await at.page.evaluate(
        ([chosen, large]) => {
            localStorage.setItem('ala.language', chosen ?? 'zh')
            localStorage.setItem('ala.elder', large ?? '0')
        },
        [language, elder ? '1' : '0'],
    )
}

describe.each(SCREENS)('$name', (screen) => {
    const isDesk = screen.name.startsWith('desk')

    it.each(LOOKS)('can be read and used in $language, elder $elder', async ({ language, elder }) => {
        const at = seatOf(screen)
        if (at.page.url() === 'about:blank') await at.page.goto('/app/sign-in')
        await at.page.setViewportSize(isDesk ? DESK : PHONE)
        await dress(at, language, elder, false)
        await screen.open(at.page)
        await at.page.waitForTimeout(150)
        const name = `${screen.name}.${language}${elder ? '.elder' : ''}`
        await at.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: !isDesk && !screen.name.startsWith('room') })
        expect.soft(await violations(at.page)).toEqual([])
        const sizes = await textSizes(at.page)
        expect.soft(sizes.smallest).toBeGreaterThanOrEqual(elder ? 18 : 14)
        if (elder) expect.soft(sizes.largest).toBeGreaterThanOrEqual(30)
        if (isDesk) return
        expect.soft(await smallTargets(at.page, elder ? 60 : 44)).toEqual([])
        expect.soft(await overflow(at.page)).toBe(0)
    })

    it('can be read in the dark', async () => {
        const at = seatOf(screen)
        await dress(at, 'zh', false, true)
        await screen.open(at.page)
        await at.page.waitForTimeout(150)
        await at.page.screenshot({ path: `${SHOTS}${screen.name}.dark.png` })
        expect.soft(await violations(at.page)).toEqual([])
    })
})

it('nobody’s browser complained', () => {
    expect([nobody, resident, party, mediator, desk, leader].flatMap((at) => at.complaints)).toEqual([])
})
