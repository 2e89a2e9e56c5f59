// For parties, mediators and lawyers on a phone.
import type { Page } from 'playwright-core'
import { type Cast } from './cast'
import { at, type Screen, tap } from './screen'

type Place = keyof Cast['paths']
const dispute =
    (which: Place, rest: string, seen: string) =>
    (page: Page, { paths }: Cast) =>
        at(`/app${paths[which]}${rest}`, seen)(page)

const room = (kind: string) => async (page: Page, cast: Cast) => {
    await dispute('talk', '', '[data-testid=room-joint]')(page, cast)
    await tap(page, `room-${kind}`)
    await page.locator('article, [data-testid=mark]').first().waitFor()
}

const session = (which: keyof Cast['sessions'], rest: string, seen: string) => (page: Page, cast: Cast) =>
    dispute(which === 'now' ? 'meet' : 'talk', `/sessions/${cast.sessions[which]}${rest}`, seen)(page, cast)

const SESSION = '[data-testid=session-page]'

async function check(page: Page, cast: Cast) {
    await session('ahead', '/check', '[data-testid=device-check]')(page, cast)
    await tap(page, 'device-start')
    await page.getByTestId('self').waitFor()
    await page.getByTestId('level').waitFor()
}

/** In the call, in the room where the host leads it; the host is there as well, so that there is somebody to see. */
const call = (who: 'host' | 'talker', kind: 'joint' | 'caucus') => async (page: Page, cast: Cast) => {
    const { host, sessions, seats } = cast
    const way = kind === 'joint' ? ['joint', {}] : ['caucus', { side: 'applicant' }]
    const now = await host.read<{ talking_in: { kind: string } }>(`/v1/sessions/${sessions.now}`)
    if (now.talking_in.kind !== kind) await host.command(`/v1/sessions/${sessions.now}/${way[0]}`, way[1])
    const other = seats[who === 'host' ? 'talker' : 'host'].page
    const seen = `[data-testid=call][data-room=${kind}][data-phase=in]`
    await session('now', '/call', seen)(other, cast)
    await session('now', '/call', seen)(page, cast)
    await page.locator('[data-testid=tile][data-by=direct] video').waitFor()
}

/** The written talk is open beside sound and picture. */
const writing = (kind: 'joint' | 'caucus') => async (page: Page, cast: Cast) => {
    await call('talker', kind)(page, cast)
    await tap(page, 'write')
    await page.getByTestId('composer').waitFor()
}

async function reporting(page: Page, cast: Cast) {
    await dispute('keep', '/obligations', '[data-testid=report]')(page, cast)
    await tap(page, 'report')
    await page.getByTestId('send-report').waitFor()
}

async function evidence(page: Page, cast: Cast) {
    await dispute('talk', '/evidence', 'main')(page, cast)
    await page.getByTestId('files').waitFor({ state: 'attached' })
}

/** A clause that says nothing yet, so that what is missing is told. */
async function drafting(page: Page, cast: Cast) {
    await dispute('talk', '/agreement/draft', '[data-testid=drafting]')(page, cast)
    if (!(await page.getByTestId('clause').count())) await tap(page, 'add-clause')
    await tap(page, 'save-draft')
    await page.getByTestId('missing').waitFor()
}

async function onPaper(page: Page, cast: Cast) {
    await dispute('sign', '/agreement', '[data-testid=paper]')(page, cast)
    await tap(page, 'paper')
    await page.getByTestId('paper-send').waitFor()
}

async function elsewhere(page: Page, cast: Cast) {
    await dispute('talk', '', '[data-testid=elsewhere]')(page, cast)
    await page.getByTestId('elsewhere').locator('summary').click()
}

async function practice(page: Page) {
    await at('/app/me/practice', '[data-testid=add-kin]')(page)
    await tap(page, 'add-kin')
}

async function offer(page: Page) {
    await at('/app/offers', '[data-testid=offer]')(page)
    await tap(page, 'offer')
    await page.getByTestId('claim').waitFor()
    await page.getByTestId('has-some').check()
}

export const PHONES: Screen[] = [
    { name: 'disputes-none', who: 'newcomer', open: at('/app', '.empty') },
    { name: 'disputes', who: 'respondent', open: at('/app', '.dispute') },
    { name: 'dispute', who: 'respondent', open: dispute('talk', '', '[data-testid=room-caucus]') },
    { name: 'room-joint', who: 'respondent', open: room('joint'), fits: true },
    { name: 'room-caucus', who: 'respondent', open: room('caucus'), fits: true },
    { name: 'evidence', who: 'respondent', open: evidence },
    { name: 'me', who: 'respondent', open: at('/app/me', 'li .when') },
    { name: 'notices', who: 'respondent', open: at('/app/notices', '[data-testid=notice]') },
    { name: 'dispute-elsewhere', who: 'respondent', open: elsewhere },
    { name: 'dispute-choose', who: 'chooser', open: dispute('choose', '', '[data-testid=disclosure]') },
    { name: 'session', who: 'respondent', open: session('ahead', '', SESSION) },
    { name: 'session-check', who: 'respondent', open: check },
    { name: 'agreement-none', who: 'respondent', open: dispute('talk', '/agreement', '.empty') },
    { name: 'agreement-signing', who: 'signer', open: dispute('sign', '/agreement', '[data-testid=sign]') },
    { name: 'agreement', who: 'creditor', open: dispute('keep', '/agreement', '[data-testid=agreement-text]') },
    { name: 'dispute-agreed', who: 'creditor', open: dispute('keep', '', '[data-testid=to-obligations]') },
    { name: 'obligations', who: 'creditor', open: dispute('keep', '/obligations', '[data-testid=confirm]') },
    { name: 'obligations-report', who: 'debtor', open: reporting },
    { name: 'session-now', who: 'talker', open: session('now', '', '[data-testid=enter]') },
    { name: 'call', who: 'talker', open: call('talker', 'joint') },
    { name: 'call-private', who: 'talker', open: call('talker', 'caucus') },
    { name: 'call-writing', who: 'talker', open: writing('joint'), fits: true },
    { name: 'call-private-writing', who: 'talker', open: writing('caucus'), fits: true },
    { name: 'host-call', who: 'host', open: call('host', 'caucus') },
    { name: 'host-session-now', who: 'host', open: session('now', '', '[data-testid=enter]') },
    { name: 'mediator-disputes', who: 'mediator', open: at('/app', '.dispute') },
    { name: 'mediator-dispute', who: 'mediator', open: dispute('talk', '', '[data-testid=plan]') },
    { name: 'mediator-plan', who: 'mediator', open: dispute('talk', '/sessions/plan', '#date') },
    { name: 'mediator-session', who: 'mediator', open: session('ahead', '', SESSION) },
    { name: 'mediator-today', who: 'mediator', open: at('/app/sessions', '[data-testid=session]') },
    { name: 'mediator-draft', who: 'mediator', open: drafting },
    { name: 'mediator-signing', who: 'writer', open: onPaper },
    { name: 'lawyer-offers', who: 'lawyer', open: at('/app/offers', '[data-testid=offer]') },
    { name: 'lawyer-offer', who: 'lawyer', open: offer },
    { name: 'lawyer-practice', who: 'lawyer', open: practice },
    { name: 'lawyer-disputes', who: 'lawyer', open: at('/app', '.dispute') },
    { name: 'lawyer-me', who: 'lawyer', open: at('/app/me', 'li .when') },
]
