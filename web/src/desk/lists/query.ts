import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A filter that lives in the address: a colleague who gets the link sees the same. */
export function useQuery(name: string) {
    const [route, router] = [useRoute(), useRouter()]
    return computed<string>({
        get: () => {
            const value = route.query[name]
            return typeof value === 'string' ? value : ''
        },
        set: (value) => void router.replace({ query: { ...route.query, [name]: value || undefined } }),
    })
}
