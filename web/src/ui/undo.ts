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

function finish(outcome: 'commit' | 'undone'): unknown {
    clearInterval(timer)
    const now = pending.value
    pending.value = null
    return now?.[outcome]()
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

/** Resolves when what waits to be carried out has been. */
export const settled = async () => void (await finish('commit'))

export const undo = () => finish('undone')
