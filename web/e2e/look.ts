// Looks at a screen as people with all kinds of eyes and fingers would.
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const MOST_STOPS = 80

/** Until it stands still: nothing is being read, every font is there, nothing moves. */
export async function settled(page: Page) {
    await page.waitForFunction(() => {
        const moves = document
            .getAnimations()
            .some(({ playState, effect }) => playState === 'running' && effect?.getTiming().iterations !== Infinity)
        return document.fonts.status === 'loaded' && !moves && !document.querySelector('[aria-busy="true"]')
    })
}

/** A window as high as the page: nothing that sticks to an edge covers what is looked at. */
export async function stretch(page: Page) {
    const size = page.viewportSize()
    const whole = await page.evaluate(() => document.documentElement.scrollHeight)
    if (size && whole > size.height) await page.setViewportSize({ width: size.width, height: whole })
}

/** What axe finds, one line each. */
export async function violations(page: Page): Promise<string[]> {
    const before = page.viewportSize()
    await stretch(page)
    try {
        return await found(page)
    } finally {
        if (before) await page.setViewportSize(before)
    }
}

async function found(page: Page): Promise<string[]> {
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
        const isShown = (element: Element, box: DOMRect) =>
            box.width > 0 && box.bottom > 0 && box.right > 0 && element.checkVisibility()
        const all = [...document.querySelectorAll('a, button, input, select, textarea, summary, [role="switch"]')]
        return all
            .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
            .filter(({ element, box }) => isShown(element, box) && !element.closest('p, .skip, .unseen'))
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

/** Lines closer than 1.3 of their letters, and paragraphs closer than 1.3 of their lines. */
export function crampedText(page: Page): Promise<string[]> {
    return page.evaluate(() => {
        const css = (element: Element) => getComputedStyle(element)
        const lineOf = (element: Element) => Number.parseFloat(css(element).lineHeight)
        const says = (element: Element) =>
            [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())
        const shown = [...document.querySelectorAll('body *')].filter(
            (element) => element.getBoundingClientRect().width > 1,
        )
        const lines = shown
            .filter((element) => says(element) && lineOf(element) < 1.3 * Number.parseFloat(css(element).fontSize))
            .map((element) => `lines: ${element.outerHTML.slice(0, 120)}`)
        const paragraphs = shown
            .filter((element) => element.matches('p + p') && element.previousElementSibling?.textContent?.trim())
            .filter((element) => {
                const before = element.previousElementSibling?.getBoundingClientRect()
                const gap = element.getBoundingClientRect().top - (before?.bottom ?? 0)
                return before && before.height > 0 && gap < 0.3 * lineOf(element) - 0.5
            })
            .map((element) => `paragraphs: ${element.outerHTML.slice(0, 120)}`)
        return [...lines, ...paragraphs]
    })
}

/** What the keyboard comes to and the eye does not see. */
export async function hiddenFocus(page: Page): Promise<string[]> {
    const unseen = new Set<string>()
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
        await page.keyboard.press('Tab')
        const found = await page.evaluate(() => {
            const at = document.activeElement
            if (!at || at === document.body) return { over: true, unseen: null }
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
            const isSeen = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'
            return { over: false, unseen: isSeen ? null : at.outerHTML.slice(0, 120) }
        })
        if (found.over) break
        if (found.unseen) unseen.add(found.unseen)
    }
    return [...unseen]
}

/** By how much a screen is wider than the narrowest phone. */
export async function overflow(page: Page): Promise<number> {
    const before = page.viewportSize()
    await page.setViewportSize({ width: 320, height: 640 })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (before) await page.setViewportSize(before)
    return over
}

/** What every screen on a phone has to hold, in the middle of a story. */
export async function looksRight(page: Page) {
    expect(await violations(page)).toEqual([])
    expect(await smallTargets(page, 44)).toEqual([])
    expect(await overflow(page)).toBe(0)
}
