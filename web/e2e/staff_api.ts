// What staff do so that a resident's screen has something to show: by plain requests, as their own screens would.
import { inject } from 'vitest'
import { staffCode } from './demo'

const PASSWORD = 'demo-ningbo-2026'

async function post<T>(path: string, body: unknown, token?: string): Promise<T> {
    const headers: Record<string, string> = {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
    }
    const answer = await fetch(inject('base') + path, {
        method: 'POST',
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
}

export interface Staff {
    command<T>(path: string, body?: unknown): Promise<T>
    read<T>(path: string): Promise<T>
}

export async function staff(username: string): Promise<Staff> {
    const code = staffCode(inject('binary'), inject('data'))
    const body = { username, password: PASSWORD, code, device: 'e2e' }
    const { access_token: token } = await post<{ access_token: string }>('/v1/staff-logins', body)
    return {
        command: (path, sent) => post(path, sent, token),
        read: async <T>(path: string) => {
            const answer = await fetch(inject('base') + path, { headers: { authorization: `Bearer ${token}` } })
            return (await answer.json()) as T
        },
    }
}

interface Text {
    status: string
    text_hash: string
}

/** Puts the agreement of a dispute up for signing, unless it is. */
export async function putUp(mediator: Staff, dispute: string): Promise<Text> {
    const path = `/v1/disputes/${dispute}/agreement`
    const known = await mediator.read<Text>(path)
    return known.status === 'draft' ? mediator.command<Text>(`${path}/put-up`) : known
}
