import { api, ask } from '@/api'
import { loadMe, me } from '@/features/accounts/session'
import { linesOf } from '@/live/lines'
import { live } from '@/live/live'
import { missingBefore } from '@/live/log'
import { useCommand } from '@/ui/command'
import { useLoad } from '@/ui/load'
import { computed, onBeforeUnmount, watch } from 'vue'
import { readRooms } from './rooms'

const PAGE = 60

/** One room as this screen needs it: what was said, what is on its way, and who is there. */
export function useRoom(dispute: string, id: string) {
    const { value, trouble, load } = useLoad(async () => {
        const [found] = await Promise.all([readRooms(dispute), loadMe()])
        return found
    })
    // What is read for whoever has left meanwhile never comes to be a value.
    watch(value, (found) => found?.filter((room) => room.id === id).forEach(live.follow))
    onBeforeUnmount(() => live.unfollow(id))

    const state = computed(() => live.room(id))
    const view = computed(() => state.value.view ?? value.value?.find((room) => room.id === id) ?? null)
    const lines = computed(() => linesOf(live.state.value, id, me.value?.person ?? null))
    const members = computed(() => new Map(view.value?.members.map((member) => [member.person, member])))
    const first = computed(() => view.value?.first ?? 1)
    const earlierEnd = computed(() => missingBefore(state.value.log, first.value))

    const earlier = useCommand(async (end: number) => {
        const after = Math.max(first.value - 1, end - PAGE)
        const found = await ask(
            api.GET('/v1/rooms/{id}/entries', { params: { path: { id }, query: { after, limit: PAGE } } }),
        )
        if (found.ok) {
            const entries = found.value.entries.filter((entry) => entry.seq <= end)
            live.page({ room: id, after, to: end, entries })
        }
        return found
    })
    const loadEarlier = () => (earlierEnd.value === null ? null : earlier.run(earlierEnd.value))

    return { view, state, lines, members, trouble, load, earlierEnd, earlier, loadEarlier }
}
