// Every screen there is: how one comes there. Whoever adds a screen adds it here.
import type { Page } from 'playwright-core'
import { invitationTo } from './people'
import { putUp, staff } from './staff_api'

export interface Screen {
    name: string
    /** Who is signed in: nobody, a resident, a party who has something to answer, a mediator on a phone, somebody at the desk, or who leads there. */
    who: 'nobody' | 'resident' | 'party' | 'mediator' | 'desk' | 'leader'
    open(page: Page): Promise<unknown>
}

const DISPUTE = '楼上半夜拖动桌椅'
/** The respondent of a dispute that waits for consent. */
const INVITED = '19000000011'

async function dispute(page: Page) {
    await page.goto('/app')
    await page.getByRole('link', { name: DISPUTE }).click()
    await page.getByTestId('room-caucus').waitFor()
}

async function room(page: Page, kind: string) {
    await dispute(page)
    await page.getByTestId(`room-${kind}`).click()
    await page.getByTestId('composer').waitFor()
}

async function file(page: Page) {
    await page.goto('/desk')
    await page.getByRole('link', { name: DISPUTE }).click()
    await page.getByTestId('timeline').waitFor()
    await page.waitForLoadState('networkidle')
}

/** Of the mediator whose phone is looked at. */
const OFFERED = '离异后孩子探望时间'
const DRAFTED = '二楼空调外机正对卧室窗'

async function offers(page: Page) {
    await page.goto('/app/offers')
    await page.getByTestId('offer').first().waitFor()
}

async function drafting(page: Page) {
    await page.goto('/app')
    await page.getByRole('link', { name: DRAFTED }).click()
    await page.getByTestId('to-agreement/draft').click()
    await page.getByTestId('drafting').waitFor()
}

const SIGNED = '孩子踢球砸坏停放车辆'
let isUp = false

/** An agreement that is up for signing: put up once. */
async function agreement(page: Page) {
    await page.goto('/app')
    await page.getByRole('link', { name: SIGNED }).click()
    await page.getByTestId('to-evidence').waitFor()
    const id = /dsp_[0-9a-f]+/.exec(page.url())?.[0] ?? ''
    if (!isUp) await putUp(await staff('shi.lan'), id)
    isUp = true
    await page.goto(`/app/disputes/${id}/agreement`)
    await page.getByTestId('paper').click()
    await page.getByTestId('paper-send').waitFor()
}

let isAsked = false

/** Something for the leader to approve: asked for once. */
async function askForEnding() {
    if (isAsked) return
    isAsked = true
    const officer = await staff('sun.ruolin')
    const { disputes } = await officer.read<{ disputes: { id: string }[] }>('/v1/disputes?status=awaiting_consent')
    const body = { ending: 'terminate', reason: 'unreachable', explanation: '打了三次电话都没有人接。' }
    await officer.command(`/v1/disputes/${disputes[0]?.id}/endings`, body)
}

async function approvals(page: Page) {
    await askForEnding()
    await page.goto('/desk/approvals')
    await page.getByTestId('approvals').or(page.locator('.empty')).waitFor()
    // Telling of it is a job of its own.
    if (!(await page.getByTestId('approvals').count())) await approvals(page)
}

async function inside(page: Page) {
    const { path, code } = invitationTo(INVITED)
    await page.goto(path)
    await page.locator('#code').fill(code)
    await page.locator('form button').click()
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
    await page.getByTestId('to-law').click()
    await page.getByTestId('to-tell').waitFor()
    if (to === 'law') return
    await page.getByTestId('to-tell').click()
    await page.locator('#narrative').fill('楼上每天半夜拖桌椅。')
}

export const SCREENS: Screen[] = [
    { name: 'sign-in', who: 'nobody', open: (page) => page.goto('/app/sign-in') },
    { name: 'staff-sign-in', who: 'nobody', open: (page) => page.goto('/app/staff-sign-in') },
    {
        name: 'stations',
        who: 'nobody',
        open: async (page) => {
            await page.goto('/app/stations')
            await page.locator('#search').fill('古城')
            await page.locator('form button').click()
            await page.locator('article').first().waitFor()
        },
    },
    {
        name: 'filing-what',
        who: 'nobody',
        open: async (page) => {
            await page.goto('/app/file')
            await page.locator('.kind').first().waitFor()
        },
    },
    { name: 'filing-who', who: 'nobody', open: (page) => filing(page, 'who') },
    { name: 'filing-law', who: 'nobody', open: (page) => filing(page, 'law') },
    { name: 'filing-tell', who: 'nobody', open: (page) => filing(page, 'tell') },
    { name: 'not-found', who: 'nobody', open: (page) => page.goto('/app/no-such-page') },
    {
        name: 'invitation',
        who: 'nobody',
        open: async (page) => {
            await page.goto(invitationTo(INVITED).path)
            await page.locator('#code').waitFor()
        },
    },
    { name: 'invitation-inside', who: 'nobody', open: inside },
    {
        name: 'invitation-declining',
        who: 'nobody',
        open: async (page) => {
            await inside(page)
            await page.getByRole('button', { name: /不想调解|do not want/ }).click()
        },
    },
    {
        name: 'disputes',
        who: 'resident',
        open: async (page) => {
            await page.goto('/app')
            await page.getByRole('link', { name: DISPUTE }).waitFor()
        },
    },
    { name: 'dispute', who: 'resident', open: dispute },
    { name: 'room-joint', who: 'resident', open: (page) => room(page, 'joint') },
    { name: 'room-caucus', who: 'resident', open: (page) => room(page, 'caucus') },
    {
        name: 'evidence',
        who: 'resident',
        open: async (page) => {
            await dispute(page)
            await page.getByTestId('to-evidence').click()
            await page.getByTestId('files').waitFor({ state: 'attached' })
        },
    },
    {
        name: 'me',
        who: 'resident',
        open: async (page) => {
            await page.goto('/app/me')
            await page.locator('li time, li p').first().waitFor()
        },
    },
    {
        name: 'notices',
        who: 'resident',
        open: async (page) => {
            await page.goto('/app/notices')
            await page.getByTestId('notice').first().waitFor()
        },
    },
    {
        name: 'dispute-elsewhere',
        who: 'resident',
        open: async (page) => {
            await dispute(page)
            await page.getByTestId('elsewhere').locator('summary').click()
        },
    },
    {
        name: 'dispute-disclosure',
        who: 'party',
        open: async (page) => {
            await page.goto('/app')
            await page.getByRole('link', { name: '父母赡养费三兄妹分摊' }).click()
            await page.getByTestId('disclosure').waitFor()
        },
    },
    {
        name: 'mediator-sessions',
        who: 'mediator',
        open: async (page) => {
            await page.goto('/app/sessions')
            await page.getByTestId('today').waitFor()
        },
    },
    { name: 'mediator-agreement', who: 'mediator', open: agreement },
    {
        name: 'mediator-disputes',
        who: 'mediator',
        open: async (page) => {
            await page.goto('/app')
            await page.getByRole('link', { name: DRAFTED }).waitFor()
        },
    },
    { name: 'mediator-offers', who: 'mediator', open: offers },
    {
        name: 'mediator-offer',
        who: 'mediator',
        open: async (page) => {
            await offers(page)
            await page.getByTestId('offer').filter({ hasText: OFFERED }).click()
            await page.getByTestId('has-some').check()
        },
    },
    {
        name: 'mediator-dispute',
        who: 'mediator',
        open: async (page) => {
            await page.goto('/app')
            await page.getByRole('link', { name: DRAFTED }).click()
            await page.getByTestId('neutral').waitFor()
        },
    },
    { name: 'mediator-draft', who: 'mediator', open: drafting },
    {
        name: 'mediator-draft-clause',
        who: 'mediator',
        open: async (page) => {
            await drafting(page)
            if (!(await page.getByTestId('clause').count())) await page.getByTestId('add-clause').click()
            await page.getByTestId('save-draft').click()
            await page.getByTestId('missing').waitFor()
        },
    },
    {
        name: 'mediator-practice',
        who: 'mediator',
        open: async (page) => {
            await page.goto('/app/me/practice')
            await page.getByTestId('add-kin').click()
        },
    },
    { name: 'desk-approvals', who: 'leader', open: approvals },
    {
        name: 'desk-notices',
        who: 'leader',
        open: async (page) => {
            await page.goto('/desk/notices')
            await page.getByTestId('notice').first().waitFor()
        },
    },
    { name: 'desk-sign-in', who: 'nobody', open: (page) => page.goto('/desk/sign-in') },
    {
        name: 'desk-inbox',
        who: 'desk',
        open: async (page) => {
            await page.goto('/desk?status=submitted')
            await page.locator('td').first().waitFor()
            await page.waitForLoadState('networkidle')
        },
    },
    { name: 'desk-file', who: 'desk', open: (page) => file(page) },
    {
        name: 'desk-triage',
        who: 'desk',
        open: async (page) => {
            await page.goto('/desk?status=submitted')
            await page.locator('td a').first().click()
            await page.getByTestId('command-triage').click()
        },
    },
    { name: 'desk-filing', who: 'desk', open: (page) => page.goto('/desk/filing', { waitUntil: 'networkidle' }) },
    { name: 'desk-late', who: 'desk', open: (page) => page.goto('/desk/late', { waitUntil: 'networkidle' }) },
    { name: 'desk-visits', who: 'desk', open: (page) => page.goto('/desk/visits', { waitUntil: 'networkidle' }) },
    {
        name: 'desk-disputes',
        who: 'desk',
        open: async (page) => {
            await page.goto('/desk')
            await page.locator('td').first().waitFor()
        },
    },
]
