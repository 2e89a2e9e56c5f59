import { Intention, type Result, type Trouble } from '@/api'
import { ref, shallowRef } from 'vue'

/**
 * Something a person wants done. One at a time; on failure `trouble` says why and everything typed stays; trying again
 * is the same intention with the same key.
 */
export function useCommand<Input, Output>(carryOut: (input: Input, intention: Intention) => Promise<Result<Output>>) {
    const intention = new Intention()
    const busy = ref(false)
    const trouble = shallowRef<Trouble | null>(null)

    /** The outcome, or null where it failed or was under way already. */
    async function run(input: Input): Promise<Output | null> {
        if (busy.value) return null
        busy.value = true
        const result = await carryOut(input, intention)
        busy.value = false
        trouble.value = result.ok ? null : result.trouble
        if (!result.ok) return null
        intention.done()
        return result.value
    }

    return { run, busy, trouble }
}
