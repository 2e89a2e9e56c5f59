import { api, ask, type Schemas, type Trouble } from '@/api'
import { login } from '@/api/tokens'
import { table, type Table } from '@/device/database'
import { exclusively } from '@/device/locks'
import { randomId } from '@/device/random'
import { shallowRef } from 'vue'

/** A visit written down where there was no network: on disk until the service has it, with one key for all tries. */
export interface Kept {
    /** The visit: it is recorded once. */
    id: string
    account: string
    title: string
    record: Schemas['VisitRecord']
    key: string
    trouble?: Trouble
}

interface Route {
    id: string
    account: string
    list: Schemas['RouteList']
}

const AGAIN_MS = 10_000
/** Refused for good, as far as trying the same again goes; everything else is tried again. */
const PASSING = ['no_connection', 'unavailable', 'too_many_requests', 'unauthenticated', 'token_expired', 'internal']

let records: Promise<Table<Kept>> | null = null
let routes: Promise<Table<Route>> | null = null
const open = () => (records ??= table<Kept>('ala.visits'))
const openRoutes = () => (routes ??= table<Route>('ala.routes'))

export const kept = shallowRef<Kept[]>([])
/** Counts what has arrived, so that lists are read again. */
export const arrived = shallowRef(0)

async function refresh() {
    const account = login()?.account
    kept.value = (await (await open()).all()).filter((one) => one.account === account)
}

/** Resolves when it is on disk. Changed words are another request and get another key. */
export async function keep(visit: string, title: string, record: Schemas['VisitRecord']): Promise<void> {
    const account = login()?.account
    if (!account) throw new Error('nobody is signed in')
    const before = (await (await open()).all()).find((one) => one.id === visit)
    const isSame = before && JSON.stringify(before.record) === JSON.stringify(record)
    await (await open()).put({ id: visit, account, title, record, key: isSame ? before.key : randomId() })
    await refresh()
    void sendAll()
}

export async function discard(visit: string) {
    await (await open()).remove(visit)
    await refresh()
}

async function send(one: Kept) {
    const header = { 'Idempotency-Key': one.key }
    const params = { path: { id: one.id }, header }
    const answer = await ask(api.POST('/v1/visits/{id}/record', { params, body: one.record }))
    if (answer.ok) {
        await (await open()).remove(one.id)
        arrived.value += 1
    } else if (!PASSING.includes(answer.trouble.code)) {
        await (await open()).put({ ...one, trouble: answer.trouble })
    }
}

/** One tab at a time; the key would keep it to one effect anyway. */
export const sendAll = () =>
    exclusively('ala.visits', async () => {
        await refresh()
        for (const one of kept.value.filter(({ trouble }) => !trouble)) await send(one)
        await refresh()
    })

export async function keepRoute(list: Schemas['RouteList']) {
    const account = login()?.account
    if (account) await (await openRoutes()).put({ id: `${account} ${list.on}`, account, list })
}

export async function keptRoute(on: string): Promise<Schemas['RouteList'] | null> {
    const account = login()?.account
    const found = (await (await openRoutes()).all()).find((one) => one.id === `${account} ${on}`)
    return found?.list ?? null
}

let isWatching = false
/** For as long as the desk is open. */
export function watchOutbox() {
    if (isWatching) return
    isWatching = true
    addEventListener('online', () => void sendAll())
    setInterval(() => kept.value.some(({ trouble }) => !trouble) && void sendAll(), AGAIN_MS)
    void sendAll()
}
