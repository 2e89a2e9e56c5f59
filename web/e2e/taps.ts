import type { Page } from 'playwright-core'

/** Counts what a finger does, wherever on the page: the browser's own count, not ours. */
export async function countTaps(page: Page): Promise<() => number> {
    let taps = 0
    await page.exposeFunction('tapped', () => (taps += 1))
    await page.addInitScript(() =>
        addEventListener('pointerdown', () => (globalThis as unknown as { tapped(): void }).tapped(), true),
    )
    return () => taps
}
