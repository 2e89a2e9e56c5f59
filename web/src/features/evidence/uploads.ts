import type { ErrorCode, Schemas, TroubleCode } from '@/api'
import { login } from '@/api/tokens'
import { upload } from '@/api/upload'
import { exclusively } from '@/device/locks'
import { randomId } from '@/device/random'
import { reactive, ref } from 'vue'
import { forget, put, readKept, type KeptFile } from './kept'

const AGAIN_MS = 5_000
/** Nothing is known or nothing was changed: the same again, with the same key. */
const PASSING = new Set<TroubleCode>([
    'no_connection',
    'unavailable',
    'internal',
    'too_many_requests',
    'storage_full',
    'unauthenticated',
    'token_expired',
] satisfies (ErrorCode | 'no_connection')[])

/** How far each file has come, by its id here. */
export const progress = reactive<Record<string, number>>({})
/** Grows with every file that the service has taken. */
export const taken = ref(0)
export const waiting = ref(false)

let timer: ReturnType<typeof setTimeout> | undefined
let running = false

const isDue = (file: KeptFile) => file.to.startsWith('dsp_') && !file.trouble && file.account === login()?.account

/** Sends what is kept, one after the other, in one tab at a time; what did not come through is tried again. */
export async function sendKept() {
    if (running) return
    running = true
    clearTimeout(timer)
    try {
        waiting.value = !(await exclusively('ala.files', sendAll))
    } finally {
        running = false
    }
    if (waiting.value) timer = setTimeout(sendKept, AGAIN_MS)
}

async function sendAll(): Promise<boolean> {
    for (;;) {
        const file = (await readKept()).find(isDue)
        if (!file) return true
        if (!(await sendOne(file))) return false
    }
}

/** Sends one file now; sent again it is the same one. */
export async function handIn(file: KeptFile, dispute: string) {
    progress[file.id] = 0
    const sent = await upload<Schemas['EvidenceView']>({
        path: `/v1/disputes/${dispute}/evidence`,
        body: file.bytes,
        headers: {
            'content-type': file.kind,
            'x-file-name': encodeURIComponent(file.name),
            'idempotency-key': file.key,
        },
        onProgress: (percent) => (progress[file.id] = percent),
    })
    delete progress[file.id]
    return sent
}

/** Whether it is dealt with, for better or worse. */
async function sendOne(file: KeptFile): Promise<boolean> {
    const sent = await handIn(file, file.to)
    if (!sent.ok && PASSING.has(sent.trouble.code)) return false
    if (sent.ok) {
        await forget(file.id)
        taken.value += 1
    } else await put({ ...file, trouble: sent.trouble })
    return true
}

/** Somebody wants it tried once more: a new intention. */
export async function tryAgain(file: KeptFile) {
    await put({ ...file, trouble: null, key: randomId() })
    await sendKept()
}

/** At the start of the app, and whenever there is a network again. */
export function beginUploads() {
    addEventListener('online', () => void sendKept())
    void sendKept()
}
