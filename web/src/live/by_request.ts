import { api, ask, type Trouble } from '@/api'
import type { Entry } from './frames'
import type { Event } from './reducer'
import type { LiveState, Refusal, Sending } from './state'

/** A socket that has not come about by then may never: some networks let none through. */
const AFTER_MS = 10_000
const EVERY_MS = 4_000

/** Says and reads by plain requests for as long as there is no socket. Slower, and it loses nothing. */
export class ByRequest {
    private downSince: number | null = null
    private askedAt = 0
    private isBusy = false

    constructor(private readonly dispatch: (event: Event) => void) {}

    /** Called every second. */
    tick(state: LiveState, now: number) {
        if (state.line === 'up') this.downSince = null
        else this.downSince ??= now
        const isTime = this.downSince !== null && now - this.downSince > AFTER_MS && now - this.askedAt > EVERY_MS
        if (!isTime || this.isBusy || document.visibilityState !== 'visible') return
        this.isBusy = true
        void this.round(state).finally(() => {
            this.isBusy = false
            this.askedAt = Date.now()
        })
    }

    private async round(state: LiveState) {
        for (const item of firstOfEach(state)) await this.say(item)
        for (const [id, room] of Object.entries(state.rooms)) {
            if (room.wanted && !room.closed) await this.read(id, room.cursor ?? 0)
        }
    }

    private async say({ id, room, body }: Sending) {
        const path = { id: room }
        const said = await ask(
            api.POST('/v1/rooms/{id}/entries', { params: { path }, body: { client_msg_id: id, body } }),
        )
        const now = Date.now()
        if (said.ok) return this.dispatch({ type: 'acknowledged', id, seq: said.value.seq, at: said.value.at, now })
        const problem = refusalOf(said.trouble)
        if (problem) this.dispatch({ type: 'refused', id, problem, now })
    }

    private async read(id: string, after: number) {
        const params = { path: { id }, query: { after, limit: 100 } }
        const page = await ask(api.GET('/v1/rooms/{id}/entries', { params }))
        if (page.ok) this.dispatch({ type: 'fetched', room: id, after, entries: page.value.entries as Entry[] })
    }
}

/** The first of each room that waits: what was typed first stands first. */
function firstOfEach(state: LiveState): Sending[] {
    const taken = new Set<string>()
    return state.outbox.filter((item) => {
        if (item.refused || item.seq !== undefined || taken.has(item.room)) return false
        taken.add(item.room)
        return true
    })
}

/** What the server said about the message; null where it did not come that far. */
function refusalOf({ code, retryAfter }: Trouble): Refusal | null {
    if (code === 'no_connection' || code === 'not_understood') return null
    if (code === 'unauthenticated' || code === 'token_expired') return null
    return { code, retry_after: retryAfter }
}
