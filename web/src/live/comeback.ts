/** What to do when a socket has been closed, by its code (docs/API.md, "The live socket"). */
export type Comeback = 'soon' | 'sign_in' | 'mended' | 'asked'

export function comebackOf(code: number): Comeback {
    switch (code) {
        case 4401:
            return 'sign_in'
        // A newer socket of this person took the place: back only when somebody turns to this page again.
        case 4409:
            return 'asked'
        // Something of ours was not understood; saying it again at once would end the same way.
        case 1008:
        case 1009:
        case 4403:
            return 'mended'
        default:
            return 'soon'
    }
}

const FIRST_MS = 700
const LONGEST_MS = 30_000

/** Longer each time, and never together with everybody else. */
export function waitBefore(attempt: number, told: number | null, random: number): number {
    const own = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + random / 2)
    return Math.max(own, (told ?? 0) * (1 + random / 4))
}
