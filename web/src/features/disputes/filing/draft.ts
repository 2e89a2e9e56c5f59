import type { Schemas, Trouble } from '@/api'
import { table, type Table } from '@/device/database'
import { randomId } from '@/device/random'
import { reactive, toRaw, watch } from 'vue'

/** What photos are picked for until there is a dispute. */
export const DRAFT_FILES = 'draft'

type Community = Pick<Schemas['CommunityView'], 'code' | 'name' | 'station'>

/** Everything said so far, as it stands on this device. */
export interface Draft {
    id: 'filing'
    category: Schemas['Category'] | null
    search: string
    community: Community | null
    other: string
    otherPhone: string
    claims: string[]
    ownClaim: string
    narrative: string
    title: string
    /** What it was called when it was agreed to: the same through every retry, in whatever language. */
    named: string
    me: string
    /** Agreed to and to be sent; the text that was shown is named with it. */
    agreed: Schemas['ShownText'] | null
    /** The account that sends it, once that is known. */
    account: string | null
    dispute: string | null
    /** Of the two requests, the same through every retry. */
    fileKey: string
    submitKey: string
    trouble: Trouble | null
}

const empty = (): Draft => ({
    id: 'filing',
    category: null,
    search: '',
    community: null,
    other: '',
    otherPhone: '',
    claims: [],
    ownClaim: '',
    narrative: '',
    title: '',
    named: '',
    me: '',
    agreed: null,
    account: null,
    dispute: null,
    fileKey: randomId(),
    submitKey: randomId(),
    trouble: null,
})

export const draft = reactive<Draft>(empty())
let place: Table<Draft> | undefined
let opening: Promise<void> | undefined

const copy = (): Draft => JSON.parse(JSON.stringify(toRaw(draft))) as Draft

/** On disk with every letter, in the order in which they were typed. */
export async function saveDraft() {
    await place?.put(copy())
}

async function readAgain() {
    place = await table<Draft>('ala.filing')
    const [known] = await place.all()
    if (known) Object.assign(draft, empty(), known)
    watch(draft, () => void saveDraft(), { deep: true, flush: 'sync' })
}

/** Before anything of it is shown. */
export const openDraft = () => (opening ??= readAgain())

export const isBegun = () => draft.category !== null

/** All of it is with the service, or given up. */
export async function clearDraft() {
    Object.assign(draft, empty())
    await place?.remove('filing')
}

/** Something was changed after it had been refused: another intention. */
export function changed() {
    draft.agreed = null
    draft.trouble = null
    draft.submitKey = randomId()
    // What is filed already is not filed twice.
    if (!draft.dispute) draft.fileKey = randomId()
}
