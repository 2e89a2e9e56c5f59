// For whoever is signed in as nobody.
import type { Page } from 'playwright-core'
import { type Cast } from './cast'
import { at, type Screen, tap } from './screen'

async function inside(page: Page, { invitation }: Cast) {
    await page.goto(invitation.path)
    await page.locator('#code').fill(invitation.code)
    await page.locator('ol').waitFor()
}

/** A filing as far as `to`; the text boxes hold what somebody would write. */
async function filing(page: Page, to: 'who' | 'law' | 'tell') {
    await page.goto('/app/file')
    await page.getByRole('button', { name: /邻里|Neighbour/ }).click()
    await page.locator('#other').waitFor()
    if (await page.locator('#place').count()) {
        await page.locator('#place').fill('古城')
        await page.getByRole('button', { name: /古城社区/ }).click()
    }
    await page.locator('#other').fill('楼上住户')
    if (to === 'who') return
    await tap(page, 'to-law')
    await page.getByTestId('to-tell').waitFor()
    if (to === 'law') return
    await tap(page, 'to-tell')
    await page.locator('#narrative').fill('楼上每天半夜拖桌椅。')
}

async function stations(page: Page) {
    await page.goto('/app/stations')
    await page.locator('#search').fill('古城')
    await page.locator('form button').click()
    await page.locator('article').first().waitFor()
}

async function missing(page: Page) {
    await filing(page, 'tell')
    await page.locator('#narrative').fill('')
    await tap(page, 'agree')
    await page.locator('.wrong').first().waitFor()
}

export const OPEN: Screen[] = [
    { name: 'sign-in', who: 'nobody', open: at('/app/sign-in', '#phone') },
    { name: 'staff-sign-in', who: 'nobody', open: at('/app/staff-sign-in', 'form') },
    { name: 'stations', who: 'nobody', open: stations },
    { name: 'filing-what', who: 'nobody', open: at('/app/file', '.kind') },
    { name: 'filing-who', who: 'nobody', open: (page) => filing(page, 'who') },
    { name: 'filing-law', who: 'nobody', open: (page) => filing(page, 'law') },
    { name: 'filing-tell', who: 'nobody', open: (page) => filing(page, 'tell') },
    { name: 'filing-missing', who: 'nobody', open: missing },
    { name: 'filing-sent', who: 'newcomer', open: at('/app/file/sent', '.empty') },
    { name: 'not-found', who: 'nobody', open: at('/app/no-such-page', 'main a') },
    { name: 'invitation', who: 'nobody', open: (page, { invitation }) => at(invitation.path, '#code')(page) },
    { name: 'invitation-inside', who: 'nobody', open: inside },
    {
        name: 'invitation-declining',
        who: 'nobody',
        open: async (page, cast) => {
            await inside(page, cast)
            await page.getByRole('button', { name: /不想调解|do not want/ }).click()
        },
    },
    { name: 'invitation-gone', who: 'nobody', open: at('/i/0123456789abcdef0123456789abcdef', '[role=status] h2') },
    { name: 'desk-sign-in', who: 'nobody', open: at('/desk/sign-in', 'form') },
]
