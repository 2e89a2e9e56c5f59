import { readRooms } from '@/features/rooms/rooms'
import { live } from '@/live/live'
import { useLookingUp } from '@/ui/load'
import { computed, onBeforeUnmount, onMounted, watch } from 'vue'

/** Where nothing is told, it is looked up this often. */
const LOOK_EVERY_MS = 10_000

/**
 * Calls `changed` whenever something about a dispute may have become different, for as long as a screen shows it. The
 * service tells whoever listens to a room of the dispute; there is none before it is accepted, and no line now and then.
 */
export function useNews(dispute: string, changed: () => unknown) {
    let listening: string | null = null
    let isGone = false

    async function listen() {
        const found = await readRooms(dispute)
        const [room] = found.ok ? found.value : []
        if (isGone || !room || live.room(room.id).wanted) return
        listening = room.id
        live.follow(room)
    }

    const isTold = computed(() =>
        Object.values(live.state.value.rooms).some((room) => room.view?.dispute === dispute && room.phase === 'live'),
    )

    function look() {
        if (isTold.value) return
        void listen()
        void changed()
    }

    // Nobody was told what happened between the last look and now.
    watch(isTold, (now) => now && changed())
    // Not its version: a signature or a report leaves that as it is.
    watch(() => live.state.value.disputes[dispute], changed)
    onMounted(listen)
    useLookingUp(LOOK_EVERY_MS, look)
    onBeforeUnmount(() => {
        isGone = true
        if (listening) live.unfollow(listening)
    })
}
