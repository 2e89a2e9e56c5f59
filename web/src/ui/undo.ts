import { onLeave } from '@/device/leaving'
import { shallowRef } from 'vue'

export const UNDO_SECONDS = 10

interface Pending {
    text: string
    left: number
    commit: () => unknown
    undone: () => void
}

export const pending = shallowRef<Pending | null>(null)
let timer: ReturnType<typeof setInterval> | undefined
/** What is being carried out. */
let running: Promise<unknown> = Promise.resolve()

function finish(outcome: 'commit' | 'undone') {
    clearInterval(timer)
    const now = pending.value
    pending.value = null
    const done = now?.[outcome]()
    if (outcome === 'commit' && now) running = Promise.allSettled([running, done])
}

/**
 * Carries something out after ten seconds, unless undone. Whoever leaves the page before that has done it: they were told
 * that it will be. A second one carries the first out at once.
 */
export function undoable(text: string, commit: () => unknown, undone: () => void = () => {}) {
    finish('commit')
    pending.value = { text, left: UNDO_SECONDS, commit, undone }
    timer = setInterval(() => {
        const now = pending.value
        if (!now) return
        if (now.left <= 1) finish('commit')
        else pending.value = { ...now, left: now.left - 1 }
    }, 1_000)
}

onLeave(() => finish('commit'))

const LONGEST_MS = 3_000

/** Carries out what waits for it, and resolves when that is done or takes too long. */
export async function settled() {
    finish('commit')
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, LONGEST_MS))])
}

export const undo = () => finish('undone')
