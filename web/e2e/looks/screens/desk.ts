// For the station, the committee and whoever else sits at a desk.
import type { Page } from 'playwright-core'
import { type Cast } from './cast'
import { at, type Screen, tap } from './screen'

const TIMELINE = '[data-testid=timeline] li'

const file =
    (which: keyof Cast['paths'], seen = TIMELINE) =>
    async (page: Page, { paths }: Cast) => {
        await at(`/desk${paths[which]}`, seen)(page)
        await page.locator(TIMELINE).first().waitFor()
    }

const command = (which: keyof Cast['paths'], name: string) => async (page: Page, cast: Cast) => {
    await file(which)(page, cast)
    await tap(page, `command-${name}`)
    await page.locator('[data-testid=commands] form').waitFor()
}

/** The visits that will be due by then. */
async function visits(page: Page) {
    const far = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
    await at(`/desk/visits?on=${far}`, '[data-testid^=stop-]')(page)
}

export const DESKS: Screen[] = [
    { name: 'desk-inbox', who: 'officer', open: at('/desk?status=submitted', 'td a') },
    { name: 'desk-disputes', who: 'officer', open: at('/desk', 'td a') },
    { name: 'desk-disputes-none', who: 'officer', open: at('/desk?status=archived', '.empty') },
    { name: 'desk-file', who: 'officer', open: file('talk') },
    { name: 'desk-file-agreed', who: 'officer', open: file('keep') },
    { name: 'desk-triage', who: 'officer', open: command('plain', 'triage') },
    { name: 'desk-invite', who: 'officer', open: command('waiting', 'invite') },
    { name: 'desk-filing', who: 'officer', open: at('/desk/filing', '[data-testid=filing-respondent]') },
    { name: 'desk-late', who: 'officer', open: at('/desk/late', 'td a, .empty') },
    { name: 'desk-visits-none', who: 'officer', open: at('/desk/visits?on=2020-01-01', '.empty') },
    { name: 'desk-visits', who: 'officer', open: visits },
    {
        name: 'desk-visit',
        who: 'officer',
        open: async (page) => {
            await visits(page)
            await page.locator('[data-testid^=stop-] .primary').first().click()
            await page.locator('[data-testid^=stop-] form').waitFor()
        },
    },
    { name: 'desk-approvals', who: 'leader', open: at('/desk/approvals', '[data-testid=approvals]') },
    { name: 'desk-notices', who: 'leader', open: at('/desk/notices', '[data-testid=notice]') },
    { name: 'desk-approval', who: 'leader', open: file('refused', '[data-testid=approval]') },
    { name: 'desk-director', who: 'director', open: file('talk') },
]
