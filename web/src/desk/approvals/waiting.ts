import { api, ask, ok, type Result, type Schemas } from '@/api'
import { loadMe } from '@/features/accounts/session'

const AT_ONCE = 3

export interface Waiting {
    dispute: Schemas['DisputeView']
    approval: Schemas['ApprovalView']
}

/** Every ending that somebody else asked for and that this person may approve. The list has no reasons: each file does. */
export async function readWaiting(): Promise<Result<Waiting[]>> {
    const query = { waits_for_approval: true, limit: 100 }
    const [me, page] = await Promise.all([loadMe(), ask(api.GET('/v1/disputes', { params: { query } }))])
    if (!me.ok) return me
    if (!page.ok) return page
    const left = page.value.disputes.map(({ id }) => id)
    const waiting: Waiting[] = []
    const read = async () => {
        for (let id = left.shift(); id; id = left.shift()) {
            const dispute = await ask(api.GET('/v1/disputes/{id}', { params: { path: { id } } }))
            if (!dispute.ok) return dispute
            const { approval } = dispute.value
            if (approval && approval.proposed_by !== me.value.account) {
                waiting.push({ dispute: dispute.value, approval })
            }
        }
        return null
    }
    const failed = (await Promise.all(Array.from({ length: AT_ONCE }, read))).find((one) => one !== null)
    // What has waited longest comes first.
    const since = ({ dispute }: Waiting) => dispute.updated_at
    return failed ?? ok(waiting.sort((one, other) => since(one).localeCompare(since(other))))
}
