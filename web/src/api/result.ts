import type { components } from './schema'

export type ErrorCode = components['schemas']['ErrorCode']
export type Problem = components['schemas']['Problem']

/** The service's codes, and what can go wrong on the way to it. */
export type TroubleCode = ErrorCode | 'no_connection' | 'not_understood'

/** Why something was not done, or is not known to be done. */
export interface Trouble {
    code: TroubleCode
    /** Places in the request, by path. */
    fields: string[]
    /** Seconds after which trying again makes sense. */
    retryAfter?: number
    article?: string
    requestId?: string
}

/** What is expected to fail is a value; only mistakes of ours are thrown. */
export type Result<T> = { ok: true; value: T } | { ok: false; trouble: Trouble }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const failed = (trouble: Trouble): { ok: false; trouble: Trouble } => ({ ok: false, trouble })

export const noConnection: Trouble = { code: 'no_connection', fields: [] }

/** A proxy in between may answer with something that is no problem document. */
export function troubleOf(body: unknown, status: number): Trouble {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>
    if (typeof problem.code !== 'string') {
        return { code: status >= 500 ? 'unavailable' : 'not_understood', fields: [] }
    }
    return {
        code: problem.code,
        fields: (problem.fields ?? []).map((field) => field.path),
        retryAfter: problem.retry_after ?? undefined,
        article: problem.article ?? undefined,
        requestId: problem.request_id ?? undefined,
    }
}
