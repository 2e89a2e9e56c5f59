// Writing an agreement on the screen of whoever drafts it.
import type { Page } from 'playwright-core'
import { tap } from './meeting'

/** A box by what it is labelled. */
export const box = (page: Page, label: string | RegExp) => page.getByLabel(label, { exact: typeof label === 'string' })

export async function openDraft(page: Page, dispute: string) {
    await page.goto('/app')
    await page.getByRole('link', { name: dispute }).click()
    await tap(page, 'to-agreement/draft')
    await page.getByTestId('drafting').waitFor()
}

export async function writeTexts(page: Page, facts: string, issues: string) {
    await box(page, '主要事实').fill(facts)
    await box(page, '争在哪里').fill(issues)
    for (const one of await box(page, /要担的责任/).all()) await one.fill('各担一半。')
}

const inAWeek = () => new Date(Date.now() + 7 * 24 * 3_600_000).toISOString().slice(0, 10)

/** The second of the parties pays the first. */
export async function writeClause(page: Page, act: string, limit: 'by' | 'at_once') {
    await tap(page, 'add-clause')
    await box(page, '付什么钱').last().fill(act)
    await box(page, '谁来付').last().selectOption({ index: 2 })
    await box(page, '付给谁').last().selectOption({ index: 1 })
    await box(page, '多少钱（元）').last().fill('1,500.50')
    await box(page, '怎么办').last().selectOption('cash')
    await box(page, '什么时候办').last().selectOption(limit)
    if (limit === 'by') await box(page, '最晚哪一天').last().fill(inAWeek())
}

export async function signAsMediator(page: Page) {
    await page.getByTestId('mediator-read').check()
    await tap(page, 'mediator-sign')
    await page.getByTestId('mediator-part').getByText('已签').waitFor()
}
