// What staff do so that a resident's screen has something to show: by plain requests, as their own screens would.
import { freshCode, here } from './place'

const PASSWORD = 'demo-ningbo-2026'

export interface Login {
    access_token: string
}

export async function send<T>(method: string, path: string, body: unknown, more: Record<string, string> = {}) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...more }
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const answer = await fetch(here().base + path, { method, headers, body: sent })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
}

export interface Staff {
    command<T>(path: string, body?: unknown, method?: 'POST' | 'PUT'): Promise<T>
    read<T>(path: string): Promise<T>
}

/** Somebody who is signed in; a browser can be given the same login. */
export interface Caller extends Staff {
    login: Login
}

export function callerOf(login: Login): Caller {
    const authorization = { authorization: `Bearer ${login.access_token}` }
    return {
        login,
        command: (path, body, method = 'POST') => send(method, path, body, authorization),
        read: (path) => send('GET', path, undefined, authorization),
    }
}

export async function staff(username: string): Promise<Caller> {
    const code = await freshCode(username)
    const body = { username, password: PASSWORD, code, device: 'e2e' }
    return callerOf(await send<Login>('POST', '/v1/staff-logins', body))
}

interface Text {
    text_hash: string
}

interface Dispute {
    parties: { id: string; side: string }[]
}

/** Writes an agreement of one payment and one lasting promise, with what else the law asks for, and puts it up for signing. */
export async function putUp(mediator: Staff, dispute: string, more: object = {}): Promise<Text> {
    const { parties } = await mediator.read<Dispute>(`/v1/disputes/${dispute}`)
    const idOf = (side: string) => parties.find((party) => party.side === side)?.id
    const [beneficiary, obligor] = [idOf('applicant'), idOf('respondent')]
    const date = new Date(Date.now() + 7 * 24 * 3_600_000).toISOString().slice(0, 10)
    const draft = {
        form: 'written',
        main_facts: '租房到期，押金没有退。',
        issues: '押金退多少。',
        responsibilities: parties.map(({ id }) => ({ party: id, text: '各自承担一部分。' })),
        clauses: [
            {
                topic: 'compensation',
                act: '退还租房押金',
                obligor,
                beneficiary,
                amount: 290_000,
                mode: 'mobile_payment',
                time_limit: { kind: 'by', date },
            },
            {
                topic: 'undertaking',
                act: '不再上门吵闹',
                obligor: beneficiary,
                beneficiary: obligor,
                mode: 'forbearance',
                time_limit: { kind: 'standing' },
            },
        ],
        ...more,
    }
    const path = `/v1/disputes/${dispute}/agreement`
    await mediator.command(path, { revision: 0, draft }, 'PUT')
    return mediator.command<Text>(`${path}/put-up`)
}
