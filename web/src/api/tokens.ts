import { exclusively } from '@/device/locks'
import { readJson, storage, writeJson } from '@/device/storage'
import { learnTime, serverNow } from './clock'
import { failed, noConnection, ok, troubleOf, type Result } from './result'
import type { components } from './schema'

export type SignedIn = components['schemas']['SignedIn']

const KEY = 'ala.login'
const REFRESH = '/v1/logins/refresh'
/** A token is not used in its last seconds: it could lapse on the way. */
const MARGIN_MS = 20_000

type Listener = (login: SignedIn | null) => void
const listeners = new Set<Listener>()

export function login(): SignedIn | null {
    return readJson<SignedIn>(KEY)
}

export function keepLogin(value: SignedIn | null) {
    if (value) writeJson(KEY, value)
    else storage.remove(KEY)
    listeners.forEach((listener) => listener(value))
}

/** Tells of signing in and out, in this tab and in others. */
export function onLogin(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
}

globalThis.window?.addEventListener('storage', (event) => {
    if (event.key === KEY || event.key === null) listeners.forEach((listener) => listener(login()))
})

/** A token good for one request, renewed first where it is about to lapse; null for nobody signed in. */
export async function accessToken(): Promise<Result<string> | null> {
    const known = login()
    if (!known) return null
    if (serverNow() < Date.parse(known.access_expires_at) - MARGIN_MS) return ok(known.access_token)
    return renew(known.access_token)
}

/** Exchanges the refresh token, once for all tabs: whoever waited finds `used` replaced. */
export function renew(used: string): Promise<Result<string>> {
    return exclusively('ala.refresh', async () => {
        const known = login()
        if (!known) return failed({ code: 'unauthenticated', fields: [] })
        if (known.access_token !== used) return ok(known.access_token)
        return exchange(known)
    })
}

async function exchange(known: SignedIn): Promise<Result<string>> {
    let answer: Response
    try {
        const body = JSON.stringify({ refresh_token: known.refresh_token })
        answer = await fetch(REFRESH, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    } catch {
        // The answer may be what was lost: the same refresh token is good once more.
        return failed(noConnection)
    }
    learnTime(answer.headers.get('date'))
    const said: unknown = await answer.json().catch(() => null)
    if (answer.ok) {
        const fresh = said as SignedIn
        keepLogin(fresh)
        return ok(fresh.access_token)
    }
    const trouble = troubleOf(said, answer.status)
    if (trouble.code === 'unauthenticated') keepLogin(null)
    return failed(trouble)
}
