import type { Trouble } from '@/api'
import { serverNow } from '@/api'
import { table, type Table } from '@/device/database'
import { randomId, timedId } from '@/device/random'
import { shallowRef } from 'vue'
import { kindOf, objectionTo, type MediaType, type Objection } from './kinds'
import { shrunk } from './shrink'

/** A picked file, copied here once: it is sent from this copy until the service has it. */
export interface KeptFile {
    id: string
    /** A dispute's id, or what the file was picked for before there was one. */
    to: string
    /** Whose it is; unknown while nobody is signed in. */
    account: string | null
    name: string
    kind: MediaType
    bytes: Blob
    /** The same through every retry. */
    key: string
    /** Why the service refused it for good. */
    trouble: Trouble | null
}

export interface Refused {
    name: string
    why: Objection
}

export const keptFiles = shallowRef<KeptFile[]>([])
let place: Promise<Table<KeptFile>> | undefined
const files = () => (place ??= table<KeptFile>('ala.files'))

const byAge = (a: KeptFile, b: KeptFile) => (a.id < b.id ? -1 : 1)

/** From disk, so that what another tab did counts too. */
export async function readKept(): Promise<KeptFile[]> {
    keptFiles.value = (await (await files()).all()).sort(byAge)
    return keptFiles.value
}

export async function put(file: KeptFile) {
    await (await files()).put(file)
    await readKept()
}

export async function forget(id: string) {
    await (await files()).remove(id)
    await readKept()
}

export const keptFor = (to: string) => keptFiles.value.filter((file) => file.to === to)

/** Copies what was picked, shrunk where it helps; what cannot be handed in is told and not kept. */
export async function keep(to: string, account: string | null, picked: File[]): Promise<Refused[]> {
    const refused: Refused[] = []
    for (const original of picked) {
        const file = await shrunk(original)
        const why = objectionTo(file.name, file.size)
        const kind = kindOf(file.name)
        if (why || !kind) {
            refused.push({ name: original.name, why: why ?? 'kind' })
            continue
        }
        // The bytes themselves: a picked file may be gone or another one by the time it is sent.
        const bytes = new Blob([await file.arrayBuffer()], { type: kind })
        const id = timedId(serverNow())
        await put({ id, to, account, name: file.name, kind, bytes, key: randomId(), trouble: null })
    }
    return refused
}

/** What was picked before there was a dispute goes to it. */
export async function assign(from: string, to: string, account: string) {
    for (const file of await readKept()) if (file.to === from) await put({ ...file, to, account })
}
