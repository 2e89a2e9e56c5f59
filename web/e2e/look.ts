// Looks at a screen as people with all kinds of eyes and fingers would.
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, one line each. */
export async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source)
    const results = await page.evaluate(
        (tags) =>
            (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
                runOnly: { type: 'tag', values: tags },
                resultTypes: ['violations'],
            }),
        RULES,
    )
    return (results as AxeResults).violations.flatMap((found) =>
        found.nodes.map((node) => `${found.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 240)}`),
    )
}

/** Whatever can be tapped and is smaller than `least`; links within a sentence are as large as its line. */
export function smallTargets(page: Page, least: number): Promise<string[]> {
    return page.evaluate((size) => {
        const isShown = (box: DOMRect) => box.width > 0 && box.bottom > 0 && box.right > 0
        const all = [...document.querySelectorAll('a, button, input, textarea, [role="switch"]')]
        return all
            .map((element) => ({ element, box: element.getBoundingClientRect() }))
            .filter(({ element, box }) => isShown(box) && !element.closest('p, .skip'))
            .filter(({ box }) => box.height < size - 0.5 || box.width < size - 0.5)
            .map(
                ({ element, box }) =>
                    `${Math.round(box.width)}×${Math.round(box.height)} ${element.outerHTML.slice(0, 120)}`,
            )
    }, least)
}

/** Text below `least` pixels that says something, and the size of the largest heading. */
export function textSizes(page: Page): Promise<{ smallest: number; largest: number }> {
    return page.evaluate(() => {
        const sizes = [...document.querySelectorAll('body *')]
            .filter((element) =>
                [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
            )
            .filter((element) => element.getBoundingClientRect().width > 1)
            .map((element) => Number.parseFloat(getComputedStyle(element).fontSize))
        return { smallest: Math.min(...sizes), largest: Math.max(...sizes) }
    })
}

/** By how much a screen is wider than the narrowest phone. */
export async function overflow(page: Page): Promise<number> {
    const before = page.viewportSize()
    await page.setViewportSize({ width: 320, height: 640 })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (before) await page.setViewportSize(before)
    return over
}
