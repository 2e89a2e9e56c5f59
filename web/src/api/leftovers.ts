import { readJson, storage, writeJson } from '@/device/storage'

/** What somebody was told will be done, and left: their page may not live to hear the answer, so the next sends it again. */
export interface Leftover {
    account: string
    url: string
    method: string
    payload: string | null
    key: string
    at: number
}

const KEPT = 'ala.leftovers'
/** Later it might meet another state than the one it was meant for. */
export const LONGEST_MS = 30 * 60_000

/** Knows the text that it carries: to read that from it takes longer than a page has that goes. */
export class KnownRequest extends Request {
    readonly payload: string | null | undefined

    constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(input, init)
        const body = init?.body ?? null
        this.payload = typeof body === 'string' || body === null ? body : undefined
    }
}

/** Those that are not too old; the others are forgotten. */
export function leftovers(): Leftover[] {
    const all = readJson<Leftover[]>(KEPT) ?? []
    const young = all.filter(({ at }) => Date.now() - at < LONGEST_MS)
    if (young.length < all.length) put(young)
    return young
}

function put(list: Leftover[]) {
    if (list.length > 0) writeJson(KEPT, list)
    else storage.remove(KEPT)
}

export const forget = (key: string) => put(leftovers().filter((one) => one.key !== key))

/** Keeps what may be repeated, until what this gives is called. */
export function keep(request: Request, account: string | undefined): () => void {
    const key = request.headers.get('idempotency-key')
    if (!key || !account || !(request instanceof KnownRequest) || request.payload === undefined) return () => {}
    const { url, method, payload } = request
    put([...leftovers().filter((one) => one.key !== key), { account, url, method, payload, key, at: Date.now() }])
    return () => forget(key)
}

/** What the service made of it will not be another thing later. */
export const isFinal = ({ status }: Response) => status < 500 && status !== 401 && status !== 429
