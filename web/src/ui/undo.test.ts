import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pending, settled, undo, undoable } from './undo'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** Whether it has resolved after so long. */
async function isThrough(work: Promise<unknown>, afterMs: number) {
    let through = false
    void work.then(() => (through = true))
    await vi.advanceTimersByTimeAsync(afterMs)
    return through
}

it('what waits is carried out after ten seconds, or not at all', async () => {
    const commit = vi.fn()
    undoable('one', commit)
    await vi.advanceTimersByTimeAsync(9_000)
    undo()
    await vi.advanceTimersByTimeAsync(9_000)
    expect(commit).not.toHaveBeenCalled()
    undoable('two', commit)
    await vi.advanceTimersByTimeAsync(10_000)
    expect([commit.mock.calls.length, pending.value]).toEqual([1, null])
})

it('who signs out waits for what waits and for what is under way, also where that fails', async () => {
    let first = () => {}
    let second = () => {}
    undoable('one', () => new Promise<void>((resolve) => (first = resolve)))
    undoable('two', () => new Promise<void>((_, reject) => (second = reject)))
    const leaving = settled()
    second()
    expect(await isThrough(leaving, 100)).toBe(false)
    first()
    expect(await isThrough(leaving, 100)).toBe(true)
})

it('… and not for ever', async () => {
    undoable('one', () => new Promise(() => {}))
    const leaving = settled()
    expect(await isThrough(leaving, 2_900)).toBe(false)
    expect(await isThrough(leaving, 200)).toBe(true)
})
