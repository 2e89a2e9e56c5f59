import type { Result, Trouble } from '@/api'
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'

/** Without a network it is tried again by itself: not every browser tells when there is one again. */
const AGAIN_MS = 5_000

const FRESH_MS = 20_000

/** Looks from time to time, and when somebody comes back to it, for as long as a screen is there and seen. */
export function useLookingUp(everyMs: number, look: () => unknown) {
    const lookIfSeen = () => document.visibilityState === 'visible' && void look()
    let timer: ReturnType<typeof setInterval> | undefined
    onMounted(() => {
        timer = setInterval(lookIfSeen, everyMs)
        document.addEventListener('visibilitychange', lookIfSeen)
    })
    onBeforeUnmount(() => {
        clearInterval(timer)
        document.removeEventListener('visibilitychange', lookIfSeen)
    })
}

/**
 * Reads again from time to time what nobody tells of, but not below the hands of somebody who fills in a form, nor what
 * is marked as being read (`data-hold`).
 */
export function useFresh(load: () => unknown) {
    useLookingUp(FRESH_MS, () => !document.querySelector('main form, main [data-hold]') && load())
}

/** What a screen reads when it opens: `value`, or why there is none; `load` reads it again and keeps the old meanwhile. */
export function useLoad<T>(read: () => Promise<Result<T>>) {
    const value = shallowRef<T | null>(null)
    const trouble = shallowRef<Trouble | null>(null)
    const busy = ref(false)
    let newest = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    async function load() {
        const mine = (newest += 1)
        clearTimeout(timer)
        busy.value = true
        const result = await read()
        // A slower answer to an older question does not replace a newer one, and nobody waits for one after leaving.
        if (mine !== newest) return
        busy.value = false
        trouble.value = result.ok ? null : result.trouble
        if (result.ok) value.value = result.value
        else if (result.trouble.code === 'no_connection') timer = setTimeout(load, AGAIN_MS)
    }

    const again = () => trouble.value?.code === 'no_connection' && void load()
    onMounted(() => {
        addEventListener('online', again)
        return load()
    })
    onBeforeUnmount(() => {
        newest += 1
        clearTimeout(timer)
        removeEventListener('online', again)
    })
    return { value, trouble, busy, load }
}
