const FLAG = 'ala.kiosk'

/** A shared device at a station: nothing may stay on it. Switched on for this window by `?kiosk=1`. */
export function isKiosk(): boolean {
    try {
        if (new URLSearchParams(location.search).get('kiosk') === '1') sessionStorage.setItem(FLAG, '1')
        return sessionStorage.getItem(FLAG) === '1'
    } catch {
        return false
    }
}

/** Leaves nothing of whoever used this device, but that it is a shared one. */
export async function wipe(): Promise<void> {
    const kiosk = isKiosk()
    sessionStorage.clear()
    localStorage.clear()
    const databases = (await indexedDB.databases?.()) ?? []
    for (const { name } of databases) if (name) indexedDB.deleteDatabase(name)
    if (kiosk) sessionStorage.setItem(FLAG, '1')
}
