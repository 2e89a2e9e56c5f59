// Everything of somebody that the service shows them, read through the doors they use anyway (个人信息保护法 Art 45: to see
// and to copy what concerns oneself).
import { api, ask, failed, ok, type Result, type Schemas, type Trouble } from '@/api'

export interface DisputeData {
    dispute: Schemas['DisputeView']
    events: Schemas['Timeline']
    rooms: { room: Schemas['RoomView']; entries: Schemas['EntryView'][] }[]
    sessions: Schemas['SessionList']
    evidence: Schemas['EvidenceView'][]
    /** None while nothing is drafted, and where one may not read it. */
    agreement: Schemas['AgreementView'] | null
    obligations: Schemas['ObligationList'] | null
}

export interface MyData {
    me: Schemas['Me']
    logins: Schemas['LoginView'][]
    notices: Schemas['NoticeView'][]
    disputes: DisputeData[]
}

/** What ends the reading in the middle of it; never leaves this folder. */
export class Stopped extends Error {
    constructor(readonly trouble: Trouble) {
        super(trouble.code)
    }
}

/** So many seconds. */
const wait = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1_000))

/** Asks again when told to come back later: there is much to read. */
export async function read<T>(sent: () => Promise<Result<T>>): Promise<T> {
    for (;;) {
        const found = await sent()
        if (found.ok) return found.value
        const { code, retryAfter } = found.trouble
        if (code !== 'too_many_requests' || retryAfter === undefined) throw new Stopped(found.trouble)
        await wait(retryAfter)
    }
}

async function ifAny<T>(sent: () => Promise<Result<T>>): Promise<T | null> {
    return read(async () => {
        const found: Result<T | null> = await sent()
        const isNone = !found.ok && ['not_found', 'not_permitted'].includes(found.trouble.code)
        return isNone ? ok(null) : found
    })
}

interface Page<Cursor> {
    next?: Cursor | null
}

async function all<Item, Cursor, P extends Page<Cursor>>(
    page: (after: Cursor | undefined) => Promise<Result<P>>,
    itemsOf: (page: P) => Item[],
): Promise<Item[]> {
    const items: Item[] = []
    let after: Cursor | undefined
    do {
        const found = await read(() => page(after))
        items.push(...itemsOf(found))
        after = found.next ?? undefined
    } while (after !== undefined)
    return items
}

const MOST = 100

async function ofDispute(id: string): Promise<DisputeData> {
    const params = { path: { id } }
    const { rooms } = await read(() => ask(api.GET('/v1/disputes/{id}/rooms', { params })))
    return {
        dispute: await read(() => ask(api.GET('/v1/disputes/{id}', { params }))),
        events: await read(() => ask(api.GET('/v1/disputes/{id}/events', { params }))),
        rooms: await Promise.all(rooms.map(async (room) => ({ room, entries: await said(room.id) }))),
        sessions: await read(() => ask(api.GET('/v1/disputes/{id}/sessions', { params }))),
        evidence: await all(
            (after: string | undefined) =>
                ask(api.GET('/v1/disputes/{id}/evidence', { params: { ...params, query: { after, limit: MOST } } })),
            (page) => page.evidence,
        ),
        agreement: await ifAny(() => ask(api.GET('/v1/disputes/{id}/agreement', { params }))),
        obligations: await ifAny(() => ask(api.GET('/v1/disputes/{id}/obligations', { params }))),
    }
}

const said = (id: string) =>
    all(
        (after: number | undefined) =>
            ask(api.GET('/v1/rooms/{id}/entries', { params: { path: { id }, query: { after, limit: MOST } } })),
        (page) => page.entries,
    )

const disputes = () =>
    all(
        (after: string | undefined) => ask(api.GET('/v1/disputes', { params: { query: { after, limit: MOST } } })),
        (page) => page.disputes,
    )

const notices = () =>
    all(
        (after: string | undefined) => ask(api.GET('/v1/notices', { params: { query: { after, limit: MOST } } })),
        (page) => page.notices,
    )

/** Told how many of how many disputes have been read. */
export async function gather(told: (done: number, of: number) => void): Promise<Result<MyData>> {
    try {
        const me = await read(() => ask(api.GET('/v1/me')))
        const { logins } = await read(() => ask(api.GET('/v1/logins')))
        const [lines, news] = [await disputes(), await notices()]
        const found: DisputeData[] = []
        told(0, lines.length)
        for (const { id } of lines) {
            found.push(await ofDispute(id))
            told(found.length, lines.length)
        }
        return ok({ me, logins, notices: news, disputes: found })
    } catch (error) {
        if (error instanceof Stopped) return failed(error.trouble)
        throw error
    }
}
