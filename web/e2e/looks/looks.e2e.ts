// Every screen as people with all kinds of eyes and fingers find it. With SHOTS=1 in every look, and as a picture.
import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DESK, PHONE, type Seat, launch } from '../browser'
import { crampedText, hiddenFocus, overflow, settled, smallTargets, textSizes, violations, stretch } from '../look'
import { type Cast, gather, type Screen, SCREENS } from './screens'

const SHOTS = new URL('../../shots/', import.meta.url).pathname
const isShown = process.env.SHOTS === '1'

interface Look {
    name: string
    language: 'zh' | 'en'
    elder?: boolean
    dark?: boolean
}

const ALWAYS: Look[] = [
    { name: 'zh', language: 'zh' },
    { name: 'en', language: 'en' },
    { name: 'zh.elder', language: 'zh', elder: true },
]
const PICTURES: Look[] = [
    { name: 'en.elder', language: 'en', elder: true },
    { name: 'dark', language: 'zh', dark: true },
]
const LOOKS = isShown ? [...ALWAYS, ...PICTURES] : ALWAYS

let browser: Browser
let cast: Cast

beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true })
    browser = await launch()
    cast = await gather(browser)
    // Fifteen people sign in and five disputes go their way before anything is looked at.
}, 300_000)
afterAll(() => browser.close())

async function dress({ page }: Seat, look: Look) {
    if (page.url() === 'about:blank') await page.goto('/icon.svg')
    await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    await page.evaluate(
        ([language, elder]) => {
            localStorage.setItem('ala.language', language ?? 'zh')
            localStorage.setItem('ala.elder', elder ?? '0')
        },
        [look.language, look.elder ? '1' : '0'],
    )
}

async function judge({ page }: Seat, { name, elder }: Look, isDesk: boolean) {
    expect.soft(await violations(page)).toEqual([])
    const sizes = await textSizes(page)
    expect.soft(sizes.smallest).toBeGreaterThanOrEqual(elder ? 18 : 14)
    if (elder) {
        expect.soft(sizes.largest).toBeGreaterThanOrEqual(30)
        expect.soft(await crampedText(page)).toEqual([])
    }
    const least = isDesk ? 24 : elder ? 60 : 44
    expect.soft(await smallTargets(page, least)).toEqual([])
    // What shows the keyboard's place is the same in every language and size.
    if (name === 'zh') expect.soft(await hiddenFocus(page)).toEqual([])
    expect.soft(await overflow(page)).toBe(0)
}

function seen(screen: Screen, look: Look) {
    const isDesk = screen.name.startsWith('desk')
    return async () => {
        const at = cast.seats[screen.who]
        await at.page.setViewportSize(isDesk ? DESK : PHONE)
        await dress(at, look)
        await screen.open(at.page, cast)
        await settled(at.page)
        if (!screen.fits) await stretch(at.page)
        if (isShown) await at.page.screenshot({ path: `${SHOTS}${screen.name}.${look.name}.png` })
        await judge(at, look, isDesk)
    }
}

for (const screen of SCREENS) {
    describe(screen.name, () => {
        for (const look of LOOKS) it(`can be read and used: ${look.name}`, seen(screen, look))
    })
}

it('nobody’s browser complained', () => {
    expect(Object.values(cast.seats).flatMap((at) => at.complaints)).toEqual([])
})
