import { api, ask, type Schemas } from '@/api'
import { useCommand } from '@/ui/command'
import { useFresh, useLoad } from '@/ui/load'
import { computed, shallowRef } from 'vue'

/** A list of disputes, and more of it as it is asked for. */
export function useDisputePages(scope: 'part' | 'offered' = 'part') {
    const older = shallowRef<Schemas['DisputeSummary'][]>([])
    const after = shallowRef<string | null>(null)
    const read = (from?: string) => ask(api.GET('/v1/disputes', { params: { query: { scope, after: from } } }))
    const { value, trouble, load } = useLoad(async () => {
        const found = await read()
        if (!found.ok) return found
        older.value = []
        after.value = found.value.next ?? null
        return found
    })
    const reading = useCommand((from: string) => read(from))

    // Whoever has gone on to older ones is not thrown back.
    useFresh(() => older.value.length === 0 && load())

    async function more() {
        const next = after.value && (await reading.run(after.value))
        if (!next) return
        older.value = [...older.value, ...next.disputes]
        after.value = next.next ?? null
    }

    const disputes = computed(() => value.value && [...value.value.disputes, ...older.value])
    return { disputes, trouble, load, after, more, busy: reading.busy }
}
