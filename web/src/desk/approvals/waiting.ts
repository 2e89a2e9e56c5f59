import { api, ask, ok, type Result, type Schemas } from '@/api'
import { loadMe } from '@/features/accounts/session'

const AT_ONCE = 3

export interface Waiting {
    dispute: Schemas['DisputeView']
    /** What somebody else asked for; absent where the seal is waited for. */
    approval?: Schemas['ApprovalView']
}

type Summary = Schemas['DisputeSummary']
type Find = (line: Summary) => Promise<Result<Waiting | null>>

/** What waits for this person: endings that somebody else asked for, and agreements to be sealed. */
export async function readWaiting(): Promise<Result<Waiting[]>> {
    const me = await loadMe()
    if (!me.ok) return me
    const endings = await each({ waits_for_approval: true }, (line) => ending(line, me.value.account))
    if (!endings.ok) return endings
    const seals = me.value.role === 'committee_director' ? await each({ status: 'pending_signature' }, seal) : ok([])
    if (!seals.ok) return seals
    // What has waited longest comes first.
    const since = ({ dispute }: Waiting) => dispute.updated_at
    return ok([...endings.value, ...seals.value].sort((one, other) => since(one).localeCompare(since(other))))
}

/** The list does not say what each waits for: each file does. */
async function each(
    query: { waits_for_approval: true } | { status: 'pending_signature' },
    find: Find,
): Promise<Result<Waiting[]>> {
    const page = await ask(api.GET('/v1/disputes', { params: { query: { ...query, limit: 100 } } }))
    if (!page.ok) return page
    const left = [...page.value.disputes]
    const found: Waiting[] = []
    const read = async () => {
        for (let line = left.shift(); line; line = left.shift()) {
            const one = await find(line)
            if (!one.ok) return one
            if (one.value) found.push(one.value)
        }
        return null
    }
    const failed = (await Promise.all(Array.from({ length: AT_ONCE }, read))).find((one) => one !== null)
    return failed ?? ok(found)
}

const show = ({ id }: Summary) => ask(api.GET('/v1/disputes/{id}', { params: { path: { id } } }))

async function ending(line: Summary, me: string): Promise<Result<Waiting | null>> {
    const dispute = await show(line)
    if (!dispute.ok) return dispute
    const { approval } = dispute.value
    return ok(approval && approval.proposed_by !== me ? { dispute: dispute.value, approval } : null)
}

async function seal(line: Summary): Promise<Result<Waiting | null>> {
    const params = { path: { id: line.id } }
    const agreement = await ask(api.GET('/v1/disputes/{id}/agreement', { params }))
    if (!agreement.ok) return agreement
    if (agreement.value.signing?.waiting_for !== 'seal') return ok(null)
    const dispute = await show(line)
    return dispute.ok ? ok({ dispute: dispute.value }) : dispute
}
