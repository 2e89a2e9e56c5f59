// What somebody decides about themselves: when a text message may come, and to have all that is known of them.
import { readFile } from 'node:fs/promises'
import { strFromU8, unzipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Seat, launch, seat } from './browser'
import { pdf } from './files'
import { looksRight } from './look'
import { tap } from './meeting'
import { signIn } from './people'

const WENG = '19000000015'
const DISPUTE = '父母赡养费三兄妹分摊'

let browser: Browser
let weng: Seat

beforeAll(async () => {
    browser = await launch()
    weng = await seat(browser)
    await signIn(weng.page, WENG)
})
afterAll(() => browser.close())

it('text messages come only when it is safe', async () => {
    const { page } = weng
    await page.goto('/app/me')
    const form = page.getByTestId('contact-hours')
    await form.getByLabel('随时都可以').and(page.locator(':checked')).waitFor()
    await form.getByLabel('只在这段时间').check()
    await form.getByLabel('从').selectOption({ label: '22点' })
    await form.getByLabel('到').selectOption({ label: '第二天6点' })
    await looksRight(page)
    await tap(page, 'save-contact-hours')
    await form.getByText('记下了').waitFor()
    await page.reload()
    await form.getByLabel('只在这段时间').and(page.locator(':checked')).waitFor()
    expect(await form.getByLabel('从').inputValue()).toBe('22')
    expect(await form.getByLabel('到').inputValue()).toBe('6')
})

it('an hour or two that are too short are not offered', async () => {
    const form = weng.page.getByTestId('contact-hours')
    const options = await form.getByLabel('到').locator('option').allTextContents()
    const offered = options.map((one) => one.trim())
    expect(offered).not.toContain('23点')
    expect(offered).toContain('24点')
    expect(offered).toHaveLength(22)
})

it('everything that one may see comes in one file, and nobody else’s', async () => {
    const { page } = weng
    await page.goto('/app')
    await page.getByRole('link', { name: DISPUTE }).click()
    await tap(page, 'to-evidence')
    await page.getByTestId('files').setInputFiles(pdf('赡养费.pdf', 3_000))
    await page.locator('article', { hasText: '赡养费' }).waitFor()
    await page.goto('/app/me')
    const [download] = await Promise.all([page.waitForEvent('download'), tap(page, 'download-my-data')])
    await page.getByTestId('my-data').getByText('下载好了').waitFor()
    await looksRight(page)
    const files = unzipSync(new Uint8Array(await readFile(await download.path())))
    const data = JSON.parse(strFromU8(files['data.json'] ?? new Uint8Array())) as {
        me: { name: string }
        disputes: { dispute: { title: string } }[]
    }
    expect(data.me.name).toBe('翁美娣')
    const titles = data.disputes.map(({ dispute }) => dispute.title)
    expect(titles).toContain(DISPUTE)
    const shown = await readAll(page)
    expect(titles.toSorted()).toEqual(shown.toSorted())
    expect(files[`${DISPUTE}/证据/赡养费.pdf`]?.length).toBe(3_000)
    expect(strFromU8(files['请先看我.txt'] ?? new Uint8Array())).toContain('翁美娣')
})

/** What the service lists for whoever is signed in. */
const readAll = (page: Page) =>
    page.evaluate(async () => {
        const { access_token } = JSON.parse(localStorage.getItem('ala.login') ?? '{}') as { access_token: string }
        const headers = { authorization: `Bearer ${access_token}` }
        const answer = await fetch('/v1/disputes?limit=100', { headers })
        const { disputes } = (await answer.json()) as { disputes: { title: string }[] }
        return disputes.map(({ title }) => title)
    })

it('nobody’s browser complained', () => expect(weng.complaints).toEqual([]))
