import { isKiosk } from './kiosk'

// A browser may forbid storage altogether; then things last as long as the page.
const memory = new Map<string, string>()

function place(): Storage {
    return isKiosk() ? sessionStorage : localStorage
}

/** Small things that outlive the page; on a shared device only as long as its window. */
export const storage = {
    get(key: string): string | null {
        try {
            return place().getItem(key)
        } catch {
            return memory.get(key) ?? null
        }
    },
    set(key: string, value: string) {
        try {
            place().setItem(key, value)
        } catch {
            memory.set(key, value)
        }
    },
    remove(key: string) {
        memory.delete(key)
        try {
            place().removeItem(key)
        } catch {
            // Nothing was kept.
        }
    },
}

export function readJson<T>(key: string): T | null {
    const text = storage.get(key)
    if (text === null) return null
    try {
        return JSON.parse(text) as T
    } catch {
        storage.remove(key)
        return null
    }
}

export function writeJson(key: string, value: unknown) {
    storage.set(key, JSON.stringify(value))
}
