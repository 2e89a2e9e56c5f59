import { exclusively } from '@/device/locks'
import { attempts } from './exchange'
import { forget, isFinal, leftovers, type Leftover } from './leftovers'

function again({ url, method, payload, key }: Leftover): Request {
    const headers = { 'idempotency-key': key, ...(payload === null ? {} : { 'content-type': 'application/json' }) }
    return new Request(url, { method, headers, body: payload })
}

/** Sends again what pages before this one could not wait for. What gets no answer waits for the next time. */
export function resend(keys: Set<string>): Promise<void> {
    return exclusively('ala.leftovers', async () => {
        for (const one of leftovers().filter(({ key }) => keys.has(key))) {
            const answer = await attempts(again(one), one.account).catch(() => null)
            if (answer && isFinal(answer)) forget(one.key)
        }
    })
}

/** What this page itself leaves is not among them: it tries that again when somebody is back, or the next page does. */
export function beginResending() {
    const keys = new Set(leftovers().map(({ key }) => key))
    if (keys.size === 0) return
    void resend(keys)
    addEventListener('online', () => void resend(keys))
}
