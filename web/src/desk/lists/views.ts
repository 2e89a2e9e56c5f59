import { api, ask, type Schemas } from '@/api'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

export type Views = Record<string, Schemas['DisputeView']>
const AT_ONCE = 3

/** What the lines of a list do not tell, such as the risk level: read one by one, as far as a page of lines goes. */
export function useViews(rows: Ref<Schemas['DisputeSummary'][]>, isWanted: () => boolean) {
    const views = ref<Views>({})
    let isGone = false

    async function read(waiting: string[]) {
        for (let id = waiting.shift(); id && !isGone; id = waiting.shift()) {
            const answer = await ask(api.GET('/v1/disputes/{id}', { params: { path: { id } } }))
            if (answer.ok) views.value[id] = answer.value
        }
    }

    watch(
        rows,
        (now) => {
            if (!isWanted()) return
            const waiting = now.map((row) => row.id).filter((id) => !views.value[id])
            for (let reader = 0; reader < AT_ONCE; reader += 1) void read(waiting)
        },
        { immediate: true, deep: true },
    )
    onBeforeUnmount(() => (isGone = true))
    return views
}
