import { nextTick, ref, useTemplateRef } from 'vue'

/** What a form lacks is told once somebody wants to go on; the first of it is brought before their eyes. */
export function useMissing(isComplete: () => boolean) {
    const form = useTemplateRef<HTMLFormElement>('form')
    const tried = ref(false)

    async function mayGoOn(): Promise<boolean> {
        tried.value = true
        if (isComplete()) return true
        await nextTick()
        const first = form.value?.querySelector<HTMLElement>('[aria-invalid="true"]')
        // In the middle: at an edge the bar at the top or a keyboard would cover it.
        first?.scrollIntoView({ block: 'center' })
        first?.focus({ preventScroll: true })
        return false
    }

    return { tried, mayGoOn }
}
