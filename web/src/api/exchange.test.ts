import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exchange } from './exchange'
import { Intention } from './intention'
import { keepLogin, login, type SignedIn } from './tokens'

const URL_BASE = 'http://127.0.0.1/v1'
const HOUR_MS = 3_600_000

function signedIn(token: string, lives: number): SignedIn {
    const until = new Date(Date.now() + lives).toISOString()
    const tokens = {
        access_token: token,
        access_expires_at: until,
        refresh_token: `refresh of ${token}`,
        expires_at: until,
    }
    return { login: 'lgn_1', account: 'acc_1', role: 'resident', ...tokens }
}

function answer(status: number, body: object, headers: Record<string, string> = {}) {
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

const problem = (status: number, code: string, more = {}) => answer(status, { code, ...more })

/** Each call to `fetch` is answered by the next of these. */
function answers(...list: ((request: Request) => Response | Promise<Response>)[]) {
    const seen: Request[] = []
    vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
        const request = new Request(typeof input === 'string' ? new URL(input, URL_BASE) : input, init)
        seen.push(request)
        const next = list.shift()
        if (!next) throw new Error(`nobody expected ${request.url}`)
        return next(request)
    })
    return seen
}

const lost = () => Promise.reject(new TypeError('failed to fetch'))
const keyed = (body: string) =>
    new Request(`${URL_BASE}/disputes`, { method: 'POST', body, headers: { 'idempotency-key': 'one' } })

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 500 }))
afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    keepLogin(null)
})

describe('a request', () => {
    it('that carries a key is sent again when its answer is lost, the same in every byte', async () => {
        const seen = answers(
            lost,
            () => problem(503, 'unavailable', { retry_after: 1 }),
            () => answer(201, {}),
        )
        expect((await exchange(keyed('{"a":1}'))).status).toBe(201)
        expect(await Promise.all(seen.map((request) => request.text()))).toEqual(['{"a":1}', '{"a":1}', '{"a":1}'])
        expect(new Set(seen.map((request) => request.headers.get('idempotency-key')))).toEqual(new Set(['one']))
    })

    it('that writes without one is not', async () => {
        const seen = answers(lost)
        await expect(exchange(new Request(`${URL_BASE}/logins`, { method: 'POST' }))).rejects.toThrow()
        expect(seen).toHaveLength(1)
    })

    it('does not wait for minutes', async () => {
        answers(() => problem(503, 'unavailable', { retry_after: 600 }))
        expect((await exchange(keyed(''))).status).toBe(503)
    })
})

describe('a token', () => {
    it('that the server finds lapsed is renewed, and the request sent again', async () => {
        keepLogin(signedIn('old', HOUR_MS))
        const seen = answers(
            () => problem(401, 'token_expired'),
            () => answer(200, signedIn('new', HOUR_MS)),
            () => answer(200, {}),
        )
        expect((await exchange(new Request(`${URL_BASE}/me`))).status).toBe(200)
        expect(seen.map((request) => request.headers.get('authorization'))).toEqual(['Bearer old', null, 'Bearer new'])
    })

    it('is renewed once, however many ask', async () => {
        keepLogin(signedIn('old', 1_000))
        const ok = () => answer(200, {})
        const seen = answers(() => answer(200, signedIn('new', HOUR_MS)), ok, ok, ok)
        await Promise.all([1, 2, 3].map(() => exchange(new Request(`${URL_BASE}/me`))))
        expect(seen.filter((request) => request.url.endsWith('/refresh'))).toHaveLength(1)
    })

    it('is judged by the server’s clock, not by that of the phone', async () => {
        const hourAgo = new Date(Date.now() - HOUR_MS).toUTCString()
        answers(
            () => answer(200, {}, { date: hourAgo }),
            () => answer(200, {}),
        )
        await exchange(new Request(`${URL_BASE}/consent-text`))
        keepLogin(signedIn('lapsed here, not there', -60_000))
        expect((await exchange(new Request(`${URL_BASE}/me`))).status).toBe(200)
    })

    it('is kept when the answer to its renewal is lost, and gone when the login has ended', async () => {
        keepLogin(signedIn('old', 1_000))
        answers(lost, lost, lost, lost, () => problem(401, 'unauthenticated'))
        vi.setSystemTime(Date.now() + 2 * HOUR_MS)
        await expect(exchange(new Request(`${URL_BASE}/me`))).rejects.toThrow('no connection')
        expect(login()?.refresh_token).toBe('refresh of old')
        expect((await exchange(new Request(`${URL_BASE}/me`))).status).toBe(401)
        expect(login()).toBeNull()
    })
})

describe('an intention', () => {
    it('keeps its key until it is done or worded differently', () => {
        const intention = new Intention()
        const key = () => intention.header({ title: '噪音' })['Idempotency-Key']
        const first = key()
        expect(key()).toBe(first)
        expect(intention.header({ title: '漏水' })['Idempotency-Key']).not.toBe(first)
        const again = key()
        intention.done()
        expect(key()).not.toBe(again)
    })
})
