import { api, ask, type ErrorCode, type Result, type Schemas } from '@/api'
import type { Event } from './place'

/** The doors to a session's media; every answer becomes an event of the place. */
export function doors(session: string) {
    const params = { path: { id: session } }

    function eventOf(found: Result<Schemas['MediaView']>): Event {
        const now = Date.now()
        if (found.ok) return { type: 'view', view: found.value, now }
        return failure(found.trouble.code)
    }

    return {
        async join(): Promise<Event> {
            const asked = Date.now()
            const found = await ask(api.POST('/v1/sessions/{id}/media/join', { params }))
            if (!found.ok) return failure(found.trouble.code)
            return { type: 'admitted', admission: found.value, asked, now: Date.now() }
        },
        look: async () => eventOf(await ask(api.GET('/v1/sessions/{id}/media', { params }))),
        confirm: async (turn: number) =>
            eventOf(await ask(api.POST('/v1/sessions/{id}/media/confirm-left', { params, body: { turn } }))),
        leave: (turn: number) => ask(api.POST('/v1/sessions/{id}/media/leave', { params, body: { turn } })),
    }
}

const UNANSWERED = ['no_connection', 'not_understood', 'unavailable', 'internal', 'too_many_requests', 'token_expired']

function failure(code: string): Event {
    const now = Date.now()
    return UNANSWERED.includes(code) ? { type: 'unanswered', now } : { type: 'refused', code: code as ErrorCode, now }
}
