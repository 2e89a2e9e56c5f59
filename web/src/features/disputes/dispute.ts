import type { Schemas } from '@/api'
import { live } from '@/live/live'
import { computed, type Ref } from 'vue'

type DisputeView = Schemas['DisputeView']

/** A dispute as it was read, or as the live socket told since: the newer of the two. */
export function useDispute(id: string, read: Ref<DisputeView | null>) {
    return computed<DisputeView | null>(() => {
        const told = live.state.value.disputes[id]
        if (!told) return read.value
        return read.value && read.value.version > told.version ? read.value : (told.dispute as DisputeView)
    })
}
