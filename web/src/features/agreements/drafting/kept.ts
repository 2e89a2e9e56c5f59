import { login } from '@/api/tokens'
import { table, type Table } from '@/device/database'
import type { DraftForm } from './form'

/** A draft as it stands on this device, and the revision it was made from. */
export interface Kept {
    /** The dispute. */
    id: string
    account: string | null
    revision: number
    form: DraftForm
}

let place: Promise<Table<Kept>> | undefined
const open = () => (place ??= table<Kept>('ala.agreements'))
const mine = () => login()?.account ?? null

/** Somebody else's at this device is nobody's business. */
export async function keptFor(dispute: string): Promise<Kept | null> {
    const all = await (await open()).all()
    return all.find((kept) => kept.id === dispute && kept.account === mine()) ?? null
}

export async function keep(dispute: string, revision: number, form: DraftForm) {
    const plain = JSON.parse(JSON.stringify(form)) as DraftForm
    await (await open()).put({ id: dispute, account: mine(), revision, form: plain })
}

export async function forget(dispute: string) {
    await (await open()).remove(dispute)
}
