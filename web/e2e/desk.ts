// The station's screens, as somebody at the desk uses them.
import type { Locator, Page } from 'playwright-core'

/** Chooses by the words that stand in the list. */
export async function choose(form: Locator, label: string, option: string) {
    const select = form.getByLabel(label)
    const value = await select.locator('option', { hasText: option }).first().getAttribute('value')
    await select.selectOption(value)
}

/** Picks somebody of those who are named one below the other. */
export const pick = (form: Locator, name: string) => form.getByRole('radio', { name }).first().check()

export async function openFile(page: Page, dispute: string) {
    await page.goto(`/desk/disputes/${dispute}`)
    await page.getByTestId('status').waitFor()
}

/** Opens a command of the file's panel, fills it in, and carries it out. */
export async function carryOut(
    page: Page,
    command: string,
    fill: (form: Locator) => Promise<unknown> = async () => {},
) {
    await page.getByTestId(`command-${command}`).click()
    const form = page.getByTestId('commands').locator('form')
    await fill(form)
    await form.getByRole('button', { name: '办理' }).click()
    // What cannot be undone later can be for ten seconds. Afterwards the file is read again.
    await form.waitFor({ state: 'detached', timeout: 30_000 })
    await page.waitForLoadState('networkidle')
}
