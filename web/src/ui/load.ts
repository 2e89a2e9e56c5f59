import type { Result, Trouble } from '@/api'
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'

/** What a screen reads when it opens: `value`, or why there is none; `load` reads it again and keeps the old meanwhile. */
export function useLoad<T>(read: () => Promise<Result<T>>) {
    const value = shallowRef<T | null>(null)
    const trouble = shallowRef<Trouble | null>(null)
    const busy = ref(false)
    let newest = 0

    async function load() {
        const mine = (newest += 1)
        busy.value = true
        const result = await read()
        // A slower answer to an older question does not replace a newer one.
        if (mine !== newest) return
        busy.value = false
        trouble.value = result.ok ? null : result.trouble
        if (result.ok) value.value = result.value
    }

    const again = () => trouble.value?.code === 'no_connection' && void load()
    onMounted(() => {
        addEventListener('online', again)
        return load()
    })
    onBeforeUnmount(() => removeEventListener('online', again))
    return { value, trouble, busy, load }
}
