import { failed, noConnection, ok, troubleOf, type Result } from '@/api/result'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Front = Schemas['InvitationFront']
export type Invitation = Schemas['InvitationView']
export type Answer = Schemas['AnswerInvitation']
export type Wish = Schemas['WishOfInvited']
export type SuitableTime = Schemas['SuitableTime']

const TRIES = 3

// Without the client of the app, which would double what has to be loaded here.
async function send<T>(path: string, body?: unknown): Promise<Result<T>> {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    for (let attempt = 1; ; attempt += 1) {
        try {
            const answer = await fetch(path, init)
            const said: unknown = await answer.json().catch(() => null)
            return answer.ok ? ok(said as T) : failed(troubleOf(said, answer.status))
        } catch {
            if (attempt === TRIES) return failed(noConnection)
            await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt))
        }
    }
}

/** An invitation by the last part of its link. */
export function invitation(token: string) {
    const path = `/v1/invitations/${encodeURIComponent(token)}`
    return {
        front: () => send<Front>(path),
        open: (code: string) => send<Invitation>(`${path}/open`, { code }),
        consentText: (language: Schemas['Language']) =>
            send<Schemas['ConsentText']>(`/v1/consent-text?language=${language}`),
        /** Said again it changes nothing. */
        wish: (wish: Wish) => send<Schemas['InvitationState']>(`${path}/wishes`, wish),
        /** Said again after a lost answer it is `already_answered`: then it has arrived. */
        answer: async (answer: Answer): Promise<Result<Front>> => {
            const answered = await send<Front>(`${path}/answer`, answer)
            if (!answered.ok && answered.trouble.code === 'already_answered') return send<Front>(path)
            return answered
        },
    }
}
