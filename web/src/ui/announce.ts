import { ref } from 'vue'

/** Said to those who do not see the screen; drawn by `AppShell`. */
export const announcement = ref('')

export function announce(text: string) {
    // The same words twice are a new message all the same.
    announcement.value = announcement.value === text ? `${text}\u00a0` : text
}
