// Browsers without Web Locks (before 2022) have one queue for each page instead.
const queues = new Map<string, Promise<unknown>>()

/** Runs one after the other what several tabs do under the same name. */
export function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (globalThis.navigator?.locks) return navigator.locks.request(name, work) as Promise<T>
    const before = queues.get(name) ?? Promise.resolve()
    const run = before.then(work, work)
    queues.set(name, run)
    return run
}
