import { isLastStep, isLookedAt, leavesNow } from '@/device/leaving'
import { learnTime } from './clock'
import { isFinal, keep, LONGEST_MS } from './leftovers'
import { troubleOf, type Trouble } from './result'
import { accessToken, login, renew } from './tokens'

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
async function once(request: Request, account: string | undefined): Promise<Response> {
    const isAnother = () => account !== undefined && login()?.account !== account
    const token = await accessToken()
    if (isAnother()) return problemResponse({ code: 'unauthenticated', fields: [] }, 401)
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
    if (isAnother()) return answer
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

/** Once, or again where it may be; for the account that it began with, and for no other that signs in meanwhile. */
export async function attempts(request: Request, account = login()?.account): Promise<Response> {
    const last = isRepeatable(request) ? ATTEMPTS - 1 : 0
    for (let attempt = 0; ; attempt += 1) {
        try {
            const answer = await once(request, account)
            const wait = attempt < last ? await waitAfter(answer, attempt) : null
            if (wait === null) return answer
            await pause(wait)
        } catch (error) {
            if (attempt >= last) throw error
            await pause(backoff(attempt))
        }
    }
}

/** Kept until there is an answer, or somebody is there to see that there is none. */
async function lastStep(request: Request): Promise<Response> {
    const account = login()?.account
    const forget = keep(request, account)
    const at = Date.now()
    const answer = await attempts(request, account).catch(() => null)
    if (answer && isFinal(answer)) {
        forget()
        return answer
    }
    await isLookedAt()
    if (Date.now() - at > LONGEST_MS) throw new TypeError('too late')
    return attempts(request, account).finally(forget)
}

/** What the API client calls for `fetch`: signs in, renews, and repeats what may be repeated. */
export const exchange = (request: Request) =>
    isLastStep() && isRepeatable(request) ? lastStep(request) : attempts(request)
