// `ala demo` in a folder of its own that goes away again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const STARTS_WITHIN_MS = 120_000

export function freePort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = createServer().on('error', reject)
        server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
        })
    })
}

export interface Demo {
    url: string
    data: string
    stop(): Promise<void>
}

export async function startDemo(binary: string): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), 'ala-e2e-'))
    const data = join(folder, 'data')
    const url = `http://127.0.0.1:${await freePort()}`
    const listen = url.replace('http://', '')
    // People are quick here, and each says from which address: from one, only ten could sign in in ten minutes.
    const options = ['--listen', listen, '--data', data, '--requests-per-minute', '6000', '--trusted-proxies', '1']
    const program = spawn(binary, ['demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    program.stdout.on('data', (text) => (told += text))
    program.stderr.on('data', (text) => (told += text))
    try {
        await until(
            () => ready(url),
            STARTS_WITHIN_MS,
            () => program.exitCode !== null,
        )
    } catch (error) {
        program.kill('SIGTERM')
        throw new Error(`the demo does not start:\n${told}`, { cause: error })
    }
    return { url, data, stop: () => stop(program, folder) }
}

async function ready(url: string): Promise<boolean> {
    const answer = await fetch(`${url}/health/ready`).catch(() => null)
    return answer?.ok ?? false
}

async function stop(program: ChildProcess, folder: string) {
    const gone = new Promise((resolve) => program.once('exit', resolve))
    program.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
}

export async function until(holds: () => Promise<boolean>, within: number, isHopeless = () => false) {
    const end = Date.now() + within
    while (!(await holds())) {
        if (Date.now() > end || isHopeless()) throw new Error('it did not come about in time')
        await new Promise((resolve) => setTimeout(resolve, 200))
    }
}

/** Everything sent to a phone so far, oldest first. */
export function textsTo(data: string, phone: string): string[] {
    let log = ''
    try {
        log = readFileSync(join(data, 'text-messages.log'), 'utf8')
    } catch {
        // Nobody was sent anything yet.
    }
    return log.split('\n').filter((line) => line.startsWith(`${phone} `))
}

/** The six digits of the staff's authenticators at this moment. */
function codeNow(binary: string, data: string): string {
    return execFileSync(binary, ['demo', 'code', '--data', data], { encoding: 'utf8' }).trim()
}

/** Digits that somebody has not used yet: they are good once, and new every half a minute. */
export async function unusedCode(binary: string, data: string, username: string): Promise<string> {
    // On disk, because every file of stories is a program of its own.
    const used = join(data, `e2e-code-of-${username}`)
    let code = ''
    await until(async () => {
        code = codeNow(binary, data)
        return !existsSync(used) || readFileSync(used, 'utf8') !== code
    }, 40_000)
    writeFileSync(used, code)
    return code
}

const A_MINUTE_MS = 61_000

/** A phone is sent one code in a minute: whoever signs in again waits, as they would. */
export async function mayBeTexted(data: string, phone: string) {
    const texted = join(data, `e2e-texted-${phone}`)
    const isLongAgo = () => !existsSync(texted) || Date.now() - statSync(texted).mtimeMs > A_MINUTE_MS
    await until(async () => isLongAgo(), 2 * A_MINUTE_MS)
    writeFileSync(texted, '')
}
