import { storage } from '@/device/storage'
import { ref, watch } from 'vue'

/** What is being typed for a room, kept with every letter: closing the page loses nothing. */
export function useDraft(room: string) {
    const key = `ala.draft.${room}`
    const text = ref(storage.get(key) ?? '')
    watch(text, (now) => (now === '' ? storage.remove(key) : storage.set(key, now)), { flush: 'sync' })
    return text
}
