const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** 128 random bits; `crypto.randomUUID` is missing where a station's network has no TLS. */
export function randomId(): string {
    return hex(crypto.getRandomValues(new Uint8Array(16)))
}

/** Sorts by the moment it was made, so that what was typed first is sent first after a restart. */
export function timedId(now: number): string {
    return `${now.toString(16).padStart(12, '0')}-${randomId()}`
}
