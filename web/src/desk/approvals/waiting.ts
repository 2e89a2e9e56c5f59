import { api, ask, ok, type Result, type Schemas } from '@/api'
import { loadMe } from '@/features/accounts/session'

type Dispute = Schemas['DisputeView']
const PAGES = 10
const AT_ONCE = 3

export interface Waiting {
    dispute: Dispute
    approval: Schemas['ApprovalView']
    askedAt: string
}

/** No list tells what waits for a second person, but whoever may approve was told of each: newest first, by dispute. */
async function asked(): Promise<Result<Map<string, string>>> {
    const found = new Map<string, string>()
    let after: string | undefined
    for (let page = 0; page < PAGES; page += 1) {
        const answer = await ask(api.GET('/v1/notices', { params: { query: { limit: 100, after } } }))
        if (!answer.ok) return answer
        for (const { kind, dispute, created_at } of answer.value.notices) {
            if (kind === 'approval_asked' && dispute && !found.has(dispute)) found.set(dispute, created_at)
        }
        after = answer.value.next ?? undefined
        if (!after) break
    }
    return ok(found)
}

/** Every ending that somebody else asked for and that this person may approve. */
export async function readWaiting(): Promise<Result<Waiting[]>> {
    const [me, all] = await Promise.all([loadMe(), asked()])
    if (!me.ok) return me
    if (!all.ok) return all
    const left = [...all.value.keys()]
    const waiting: Waiting[] = []
    const read = async () => {
        for (let id = left.shift(); id; id = left.shift()) {
            const dispute = await ask(api.GET('/v1/disputes/{id}', { params: { path: { id } } }))
            // Closed to this person by now: nothing of it waits for them.
            if (!dispute.ok) {
                if (dispute.trouble.code === 'not_found') continue
                return dispute
            }
            const { approval } = dispute.value
            if (!approval || approval.proposed_by === me.value.account) continue
            waiting.push({ dispute: dispute.value, approval, askedAt: all.value.get(id) ?? '' })
        }
        return null
    }
    const failed = (await Promise.all(Array.from({ length: AT_ONCE }, read))).find((one) => one !== null)
    return failed ?? ok(waiting.sort((one, other) => one.askedAt.localeCompare(other.askedAt)))
}
