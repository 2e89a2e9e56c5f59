import { failed, noConnection, ok, troubleOf, type Result } from './result'
import { accessToken, renew } from './tokens'

export interface Upload {
    path: string
    body: Blob
    headers: Record<string, string>
    /** How much of it has left this device, 0 to 100. */
    onProgress(percent: number): void
}

/** Sends one file as a body of its own. `fetch` does not tell how far an upload has come; this does. */
export async function upload<T>(what: Upload): Promise<Result<T>> {
    const token = await accessToken()
    if (!token) return failed({ code: 'unauthenticated', fields: [] })
    if (!token.ok) return token
    const first = await send<T>(what, token.value)
    if (first.ok || first.trouble.code !== 'token_expired') return first
    const fresh = await renew(token.value)
    return fresh.ok ? send<T>(what, fresh.value) : fresh
}

function send<T>({ path, body, headers, onProgress }: Upload, token: string): Promise<Result<T>> {
    return new Promise((resolve) => {
        const request = new XMLHttpRequest()
        request.open('POST', path)
        request.setRequestHeader('authorization', `Bearer ${token}`)
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
        request.upload.onprogress = ({ loaded, total }) => total > 0 && onProgress((loaded / total) * 100)
        request.onerror = request.onabort = () => resolve(failed(noConnection))
        request.onload = () => {
            const said = parsed(request.responseText)
            const isGood = request.status >= 200 && request.status < 300
            resolve(isGood ? ok(said as T) : failed(troubleOf(said, request.status)))
        }
        request.send(body)
    })
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown
    } catch {
        return null
    }
}
