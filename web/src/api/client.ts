import createClient from 'openapi-fetch'
import { exchange } from './exchange'
import { KnownRequest } from './leftovers'
import { failed, noConnection, ok, troubleOf, type Result } from './result'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** The whole API, typed by its own document. Use it inside `ask`. */
export const api = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? '',
    fetch: exchange,
    Request: KnownRequest,
})

interface Answer<Data> {
    data?: Data
    error?: unknown
    response: Response
}

/** Turns what became of a request into a value. */
export async function ask<Data>(sent: Promise<Answer<Data>>): Promise<Result<Data>> {
    let answer: Answer<Data>
    try {
        answer = await sent
    } catch {
        return failed(noConnection)
    }
    if (answer.response.ok) return ok(answer.data as Data)
    return failed(troubleOf(answer.error, answer.response.status))
}
