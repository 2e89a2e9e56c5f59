import { onBeforeUnmount, onMounted, type Ref } from 'vue'

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** Arrow keys go from line to line, Enter opens the link that has the focus, and "/" leads to the search box. */
export function useTableKeys(body: Readonly<Ref<HTMLElement | null>>) {
    const links = () => [...(body.value?.querySelectorAll<HTMLElement>('tr a') ?? [])]

    function pressed(event: KeyboardEvent) {
        const target = event.target as HTMLElement
        const isSearch = target.matches('[type="search"]')
        if (target.closest('input, textarea, select, [role="combobox"]') && !isSearch) return
        if (event.key === '/' && !isSearch) {
            event.preventDefault()
            document.querySelector<HTMLElement>('main [type="search"]')?.focus()
            return
        }
        const step = STEPS[event.key]
        const all = links()
        if (step === undefined || all.length === 0) return
        event.preventDefault()
        const at = all.indexOf(target)
        const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)
        all[next]?.focus()
    }

    onMounted(() => addEventListener('keydown', pressed))
    onBeforeUnmount(() => removeEventListener('keydown', pressed))
}
