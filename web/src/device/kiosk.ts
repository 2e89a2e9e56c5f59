const FLAG = 'ala.kiosk'

const isAsked = () => new URLSearchParams(globalThis.location?.search ?? '').get('kiosk') === '1'

function isFlagged(): boolean {
    try {
        return sessionStorage.getItem(FLAG) === '1'
    } catch {
        return false
    }
}

/** Whether this window has just become one for everybody. */
const isNew = isAsked() && !isFlagged()

let isShared = false

/** A shared device at a station: nothing may stay on it. Switched on for this window by `?kiosk=1`. */
export function isKiosk(): boolean {
    isShared ||= isAsked() || isFlagged()
    // Signing out empties every storage of this origin, and the next page has to know still.
    if (isShared && !isFlagged()) keepFlag()
    return isShared
}

function keepFlag() {
    try {
        sessionStorage.setItem(FLAG, '1')
    } catch {
        // The browser keeps nothing, which is what this is about.
    }
}

/** Before anything is drawn: of whoever was here when the power went, or before it was shared, nothing is left. */
export async function beginKiosk(): Promise<void> {
    if (!isKiosk()) return
    if (isNew) await wipe()
    // A page that the browser kept whole would show the last person's.
    addEventListener('pageshow', (event) => event.persisted && location.reload())
    // Else the browser offers the next person what this one typed.
    addEventListener('focusin', ({ target }) => {
        if (target instanceof HTMLInputElement) target.autocomplete = 'off'
    })
}

/** Leaves nothing of whoever used this device, but that it is a shared one. */
export async function wipe(): Promise<void> {
    const kiosk = isKiosk()
    sessionStorage.clear()
    localStorage.clear()
    if (kiosk) keepFlag()
    const databases = (await indexedDB.databases?.()) ?? []
    for (const { name } of databases) if (name) indexedDB.deleteDatabase(name)
}

let held = 0

/** While somebody listens they are there, although nothing is tapped. */
export function stayHere(): () => void {
    held += 1
    return () => (held -= 1)
}

export const isHeld = () => held > 0
