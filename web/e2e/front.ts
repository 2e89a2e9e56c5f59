// Pages and API behind one origin, as in production.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http'
import { type Socket, connect } from 'node:net'
import { extname, join } from 'node:path'
import { pageOf } from '../tools/pages.js'

const DIST = new URL('../dist/', import.meta.url).pathname
const TYPES: Record<string, string> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.webmanifest': 'application/manifest+json',
}

/** What the pages need and no more; whoever serves them in production sends the same. */
export const PAGE_POLICY = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
].join('; ')

function fileOf(path: string): string | null {
    const page = pageOf(path)
    const file = join(DIST, page ?? path)
    return file.startsWith(DIST) && existsSync(file) && statSync(file).isFile() ? file : null
}

/** Sound by WebSocket goes to the address that the server tells, which here is not that of the pages. */
const policyFor = (api: string) =>
    PAGE_POLICY.replace("connect-src 'self'", `connect-src 'self' ${api.replace(/^http/, 'ws')}`)

function serve(file: string, response: ServerResponse, api: string) {
    const headers = { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' }
    response.writeHead(200, { ...headers, 'content-security-policy': policyFor(api), 'referrer-policy': 'no-referrer' })
    createReadStream(file).pipe(response)
}

export interface Front {
    url: string
    stop(): Promise<void>
}

export async function startFront(port: number, api: () => string): Promise<Front> {
    const sockets = new Set<Socket>()

    function pass(asked: IncomingMessage, response: ServerResponse) {
        const url = new URL(api())
        const options = {
            host: url.hostname,
            port: url.port,
            method: asked.method,
            path: asked.url,
            headers: asked.headers,
        }
        const onward = request(options, (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.pipe(response)
        })
        onward.on('error', () => response.destroy())
        asked.pipe(onward)
    }

    const server = createServer((asked, response) => {
        const path = (asked.url ?? '/').split('?')[0] ?? '/'
        const file = path.startsWith('/v1/') ? null : fileOf(decodeURIComponent(path))
        if (file) serve(file, response, api())
        else pass(asked, response)
    })
    server.on('connection', (socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    })
    server.on('upgrade', (asked, socket, head) => {
        const url = new URL(api())
        const onward = connect(Number(url.port), url.hostname, () => {
            const lines = asked.rawHeaders.map((value, at) => (at % 2 === 0 ? `${value}: ` : `${value}\r\n`)).join('')
            onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines}\r\n`)
            onward.write(head)
            socket.pipe(onward).pipe(socket)
        })
        onward.on('error', () => socket.destroy())
        socket.on('error', () => onward.destroy()).on('close', () => onward.destroy())
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return {
        url: `http://127.0.0.1:${port}`,
        stop: () =>
            new Promise((resolve) => {
                sockets.forEach((socket) => socket.destroy())
                server.close(() => resolve())
            }),
    }
}
