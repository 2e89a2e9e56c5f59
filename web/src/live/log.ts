import type { Entry } from './frames'

/** Everything between `from` and `to` is known, also that some numbers in it are not ours to read. */
export interface Span {
    from: number
    to: number
}

/** What is known of one room: entries by number, and which stretches of numbers are complete. */
export interface Log {
    entries: Entry[]
    spans: Span[]
}

export const emptyLog: Log = { entries: [], spans: [] }

/** Adds a stretch that came without a loss. What is known already is kept as it is. */
export function cover(log: Log, from: number, to: number, entries: Entry[]): Log {
    return { entries: merge(log.entries, entries), spans: join(log.spans, { from, to }) }
}

function merge(known: Entry[], fresh: Entry[]): Entry[] {
    const last = known.at(-1)
    const first = fresh[0]
    if (!first) return known
    // Nearly always it goes on where it stopped.
    if (!last || last.seq < first.seq) return [...known, ...fresh]
    const all = new Map([...fresh, ...known].map((entry) => [entry.seq, entry]))
    return [...all.values()].sort((a, b) => a.seq - b.seq)
}

function join(spans: Span[], fresh: Span): Span[] {
    if (fresh.to < fresh.from) return spans
    const joined: Span[] = []
    for (const span of [...spans, fresh].sort((a, b) => a.from - b.from)) {
        const last = joined.at(-1)
        if (last && span.from <= last.to + 1) last.to = Math.max(last.to, span.to)
        else joined.push({ ...span })
    }
    return joined
}

export function knows(log: Log, seq: number): boolean {
    return log.spans.some((span) => span.from <= seq && seq <= span.to)
}

/** The last number before the newest complete stretch that is still missing; null where nothing is, from `first` on. */
export function missingBefore(log: Log, first: number): number | null {
    const newest = log.spans.at(-1)
    if (!newest || newest.from <= first) return null
    return newest.from - 1
}
