import { api, ask, ok, type Result, type Schemas, type TroubleCode } from '@/api'
import { login } from '@/api/tokens'
import { exclusively } from '@/device/locks'
import { assign } from '@/features/evidence/kept'
import { beginUploads, sendKept } from '@/features/evidence/uploads'
import { rememberStation } from '@/features/stations/station'
import { ref } from 'vue'
import { clearDraft, draft, DRAFT_FILES, openDraft } from './draft'
import { titleOf } from './title'

const AGAIN_MS = 5_000
const PASSING = new Set<TroubleCode>(['no_connection', 'unavailable', 'internal', 'too_many_requests', 'token_expired'])

type DisputeView = Schemas['DisputeView']

/** The dispute that came of it, once the service has it. */
export const sent = ref<string | null>(null)
export const isSending = ref(false)
let timer: ReturnType<typeof setTimeout> | undefined

function filing(): Schemas['FileDispute'] {
    const claims = [...draft.claims, draft.ownClaim.trim()].filter((claim) => claim !== '')
    return {
        category: draft.category ?? 'other',
        title: draft.named || titleOf(draft),
        narrative: draft.narrative.trim(),
        claims,
        community_code: draft.community?.code ?? '',
        parties: [
            { side: 'applicant', name: draft.me.trim(), is_me: true },
            { side: 'respondent', name: draft.other.trim(), phone: draft.otherPhone.trim() || null },
        ],
    }
}

/** Filed once: the id is kept before the next step, and the key makes a lost answer come again. */
async function file(): Promise<Result<DisputeView>> {
    if (draft.dispute) return ask(api.GET('/v1/disputes/{id}', { params: { path: { id: draft.dispute } } }))
    const header = { 'Idempotency-Key': draft.fileKey }
    const filed = await ask(api.POST('/v1/disputes', { body: filing(), params: { header } }))
    if (filed.ok) draft.dispute = filed.value.id
    return filed
}

async function submit(view: DisputeView, shown: Schemas['ShownText']): Promise<Result<DisputeView>> {
    // Its answer was lost, and it was carried out.
    if (view.status !== 'draft') return ok(view)
    const params = { path: { id: view.id }, header: { 'Idempotency-Key': draft.submitKey } }
    const body = { consenting: view.you_act_for, shown }
    return ask(api.POST('/v1/disputes/{id}/submit', { body, params }))
}

async function carryOut(account: string, shown: Schemas['ShownText']): Promise<Result<DisputeView>> {
    const filed = await file()
    if (!filed.ok) return filed
    const done = await submit(filed.value, shown)
    if (!done.ok) return done
    rememberStation(done.value.station)
    await assign(DRAFT_FILES, done.value.id, account)
    return done
}

const isDue = () => draft.agreed !== null && !draft.trouble && (!draft.account || draft.account === login()?.account)

/** Sends what was agreed to, as soon as somebody is signed in and there is a network. */
export async function sendFiling() {
    await openDraft()
    const account = login()?.account
    if (isSending.value || !isDue() || !draft.agreed || !account) return
    isSending.value = true
    clearTimeout(timer)
    const shown = draft.agreed
    draft.account = account
    const done = await exclusively('ala.filing', () => carryOut(account, shown))
    isSending.value = false
    if (done.ok) {
        sent.value = done.value.id
        await clearDraft()
        void sendKept()
    } else if (PASSING.has(done.trouble.code)) timer = setTimeout(sendFiling, AGAIN_MS)
    else if (done.trouble.code !== 'unauthenticated') draft.trouble = done.trouble
}

/** At the start of the app, and whenever there is a network again. */
export async function beginSending() {
    addEventListener('online', () => void sendFiling())
    beginUploads()
    await sendFiling()
}
