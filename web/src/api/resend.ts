import { attempts } from './exchange'
import { forget, isFinal, leftovers, type Leftover } from './leftovers'

function again({ url, method, payload, key }: Leftover): Request {
    const headers = { 'idempotency-key': key, ...(payload === null ? {} : { 'content-type': 'application/json' }) }
    return new Request(url, { method, headers, body: payload })
}

/** Sends again what pages before this one could not wait for. What gets no answer waits for the next time. */
export async function resend(keys: Set<string>): Promise<void> {
    for (const one of leftovers().filter(({ key }) => keys.has(key))) {
        const answer = await attempts(again(one), one.account).catch(() => null)
        if (answer && isFinal(answer)) forget(one.key)
    }
}

/** The first screen shows what came of it, if that does not take too long. */
const WAIT_MS = 3_000

/** What this page itself leaves is not among them: it tries that again when somebody is back, or the next page does. */
export async function beginResending() {
    const keys = new Set(leftovers().map(({ key }) => key))
    if (keys.size === 0) return
    addEventListener('online', () => void resend(keys))
    if (!navigator.onLine) return
    await Promise.race([resend(keys), new Promise((resolve) => setTimeout(resolve, WAIT_MS))])
}
