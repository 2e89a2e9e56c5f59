import { storage } from '@/device/storage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exchange } from './exchange'
import { KnownRequest, leftovers } from './leftovers'
import { resend } from './resend'
import { keepLogin } from './tokens'

const page = vi.hoisted(() => ({ goes: false, back: new Promise<void>(() => {}) }))
vi.mock('@/device/leaving', () => ({
    leavesNow: () => page.goes,
    isLastStep: () => page.goes,
    isLookedAt: () => page.back,
}))

const HOUR_MS = 3_600_000
const until = () => new Date(Date.now() + 100 * HOUR_MS).toISOString()
const signIn = (account: string) =>
    keepLogin({
        login: 'lgn_1',
        account,
        role: 'resident',
        access_token: 'token',
        access_expires_at: until(),
        refresh_token: 'refresh',
        expires_at: until(),
    })
const confirm = () =>
    new KnownRequest('http://127.0.0.1/v1/obligations/obl_1/confirm', {
        method: 'POST',
        body: '{"a":1}',
        headers: { 'idempotency-key': 'one', 'content-type': 'application/json' },
    })

/** Whatever is sent is answered with this, or lost. */
function service(status: number | null) {
    const heard: string[] = []
    vi.stubGlobal('fetch', async (request: Request) => {
        if (status === null) throw new TypeError('failed to fetch')
        heard.push(`${request.headers.get('idempotency-key')} ${await request.text()}`)
        return new Response('{}', { status })
    })
    return heard
}

/** Through all waiting between attempts. */
async function through(work: Promise<unknown>) {
    const done = work.catch(() => null)
    await vi.advanceTimersByTimeAsync(30_000)
    await done
}
const again = (key = 'one') => through(resend(new Set([key])))
const kept = () => leftovers().map(({ account, key }) => `${account} ${key}`)

/** What becomes of it here is heard by nobody: the page is gone, unless somebody comes back to it. */
function leave(): Promise<Response> {
    page.goes = true
    const sent = exchange(confirm())
    page.goes = false
    sent.catch(() => null)
    return sent
}

beforeEach(() => {
    vi.useFakeTimers()
    page.back = new Promise(() => {})
    signIn('acc_1')
})
afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
    keepLogin(null)
    storage.remove('ala.leftovers')
})

describe('what a page sends while it goes', () => {
    it('is kept before anything else, and sent again by the next one with the same key', async () => {
        const sent = vi.fn(() => new Promise(() => {}))
        vi.stubGlobal('fetch', sent)
        void leave()
        expect([kept(), sent.mock.calls.length]).toEqual([['acc_1 one'], 0])
        await vi.waitFor(() => expect(sent).toHaveBeenCalledOnce())
        const heard = service(200)
        await again('another')
        expect(heard).toEqual([])
        await again()
        await again()
        expect(heard).toEqual(['one {"a":1}'])
    })

    it('stays until there is an answer that will not become another', async () => {
        service(null)
        void leave()
        await vi.advanceTimersByTimeAsync(30_000)
        for (const status of [null, 503, 401, 429]) {
            service(status)
            await again()
            expect(kept()).toEqual(['acc_1 one'])
        }
        service(409)
        await again()
        expect(kept()).toEqual([])
    })

    it('is gone with its answer', async () => {
        service(200)
        await leave()
        expect(kept()).toEqual([])
    })

    it('is tried again when somebody comes back, who sees what becomes of it', async () => {
        let come = () => {}
        page.back = new Promise((resolve) => (come = resolve))
        service(null)
        const sent = leave()
        await vi.advanceTimersByTimeAsync(30_000)
        expect(kept()).toEqual(['acc_1 one'])
        const failed = expect(sent).rejects.toThrow('failed to fetch')
        come()
        await vi.advanceTimersByTimeAsync(30_000)
        await failed
        expect(kept()).toEqual([])
    })

    it('is never sent for somebody else, also where they sign in between two attempts', async () => {
        service(null)
        void leave()
        await vi.advanceTimersByTimeAsync(30_000)
        const trying = resend(new Set(['one']))
        await vi.advanceTimersByTimeAsync(100)
        signIn('acc_2')
        const heard = service(200)
        await through(trying)
        await again()
        expect([heard, kept()]).toEqual([[], ['acc_1 one']])
    })

    it('is forgotten after half an hour, however often it was tried, and not done then by a page that somebody comes back to', async () => {
        let come = () => {}
        page.back = new Promise((resolve) => (come = resolve))
        service(null)
        const late = expect(leave()).rejects.toThrow('too late')
        await vi.advanceTimersByTimeAsync(0.3 * HOUR_MS)
        await again()
        await vi.advanceTimersByTimeAsync(0.2 * HOUR_MS)
        const heard = service(200)
        await again()
        come()
        await late
        expect([heard, storage.get('ala.leftovers')]).toEqual([[], null])
    })
})

it('what somebody is there to see fail is theirs to try again', async () => {
    service(null)
    await through(exchange(confirm()))
    expect(kept()).toEqual([])
})
