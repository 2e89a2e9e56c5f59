import { leavesNow } from '@/device/leaving'
import { learnTime } from './clock'
import { troubleOf, type Trouble } from './result'
import { accessToken, renew } from './tokens'

const ATTEMPTS = 4
const LONGEST_WAIT_MS = 8_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Repeating is safe for what only reads, and for a write that carries the key of its intention. */
function isRepeatable(request: Request): boolean {
    return request.method === 'GET' || request.headers.has('idempotency-key')
}

function problemResponse(trouble: Trouble, status: number): Response {
    const { retryAfter, ...rest } = trouble
    const body = { ...rest, fields: [], retry_after: retryAfter }
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } })
}

/** Sends with the token of whoever is signed in; throws only where no answer came. */
async function once(request: Request): Promise<Response> {
    const token = await accessToken()
    if (token && !token.ok) {
        if (token.trouble.code === 'no_connection') throw new TypeError('no connection')
        return problemResponse(token.trouble, 401)
    }
    const send = (value: string | null) => {
        const copy = request.clone()
        if (value !== null) copy.headers.set('authorization', `Bearer ${value}`)
        return fetch(copy, { keepalive: leavesNow() })
    }
    const answer = await send(token?.value ?? null)
    learnTime(answer.headers.get('date'))
    if (answer.status !== 401 || !token) return answer
    const trouble = troubleOf(
        await answer
            .clone()
            .json()
            .catch(() => null),
        401,
    )
    if (trouble.code !== 'token_expired') return answer
    const fresh = await renew(token.value)
    return fresh.ok ? send(fresh.value) : problemResponse(fresh.trouble, 401)
}

/** How long to wait before sending again, or null where that is no use now. */
async function waitAfter(answer: Response, attempt: number): Promise<number | null> {
    if (answer.status !== 503) return null
    const { retryAfter } = troubleOf(
        await answer
            .clone()
            .json()
            .catch(() => null),
        answer.status,
    )
    const wait = retryAfter === undefined ? backoff(attempt) : retryAfter * 1_000
    return wait <= LONGEST_WAIT_MS ? wait : null
}

function backoff(attempt: number): number {
    return 400 * 2 ** attempt * (0.5 + Math.random() / 2)
}

/** What the API client calls for `fetch`: signs in, renews, and repeats what may be repeated. */
export async function exchange(request: Request): Promise<Response> {
    const last = isRepeatable(request) ? ATTEMPTS - 1 : 0
    for (let attempt = 0; ; attempt += 1) {
        try {
            const answer = await once(request)
            const wait = attempt < last ? await waitAfter(answer, attempt) : null
            if (wait === null) return answer
            await pause(wait)
        } catch (error) {
            if (attempt >= last) throw error
            await pause(backoff(attempt))
        }
    }
}
