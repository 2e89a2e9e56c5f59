import { api, ask } from '@/api'
import { onLogin } from '@/api/tokens'
import { useLookingUp } from '@/ui/load'
import { onMounted, ref } from 'vue'

/** The service tells devices what happens in open rooms and nothing of this: it is looked up. */
const LOOK_EVERY_MS = 60_000

/** How much somebody was told and has not read. */
export const unread = ref(0)

onLogin((now) => !now && (unread.value = 0))

export async function lookForNotices() {
    const found = await ask(api.GET('/v1/notices', { params: { query: { unread: true, limit: 1 } } }))
    if (found.ok) unread.value = found.value.unread
}

/** Looks while a screen shows the number. */
export function watchUnread() {
    onMounted(lookForNotices)
    useLookingUp(LOOK_EVERY_MS, lookForNotices)
}
