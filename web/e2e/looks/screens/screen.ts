import type { Page } from 'playwright-core'
import type { Cast, Who } from './cast'

export interface Screen {
    name: string
    who: Who
    /** Comes there, and waits for what the screen is about. */
    open(page: Page, cast: Cast): Promise<unknown>
    /** A room fills the window; of everything else the whole page is shown. */
    fits?: boolean
}

export const tap = (page: Page, id: string) => page.getByTestId(id).first().click()

export const at = (path: string, seen: string) => async (page: Page) => {
    await page.goto(path)
    await page.locator(seen).first().waitFor()
}
