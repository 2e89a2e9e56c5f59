import type { Room } from './state'

/**
 * How much others have said since one read last. Who came and went is in the log of a room as well, and nobody is to be
 * called by that.
 */
export function unreadIn({ view, log, told, seen, closed }: Room, me: string | null): number {
    if (!view) return 0
    if (closed) return view.unread
    const read = Math.max(view.read, told, seen)
    const said = log.entries.filter(({ seq, sender }) => seq > read && sender && sender !== me).length
    const newest = log.spans.at(-1)
    if (!newest) return 0
    // Of a long absence only the end is loaded here; the service counts all of it.
    return newest.from <= Math.max(read + 1, view.first) ? said : Math.max(said, view.unread)
}
