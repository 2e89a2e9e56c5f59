// A phone's clock may be hours wrong; whatever the service says about time is compared with the service's own.
let ahead = 0

/** Learns from what the service says the time is; `at` is when the phone heard it. */
export function learnTime(serverTime: string | null, at = Date.now()) {
    const told = serverTime === null ? Number.NaN : Date.parse(serverTime)
    if (!Number.isNaN(told)) ahead = told - at
}

/** Milliseconds since 1970 by the service's clock, to about a second. */
export function serverNow(): number {
    return Date.now() + ahead
}
