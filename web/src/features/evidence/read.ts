import { api, ask, type Result, type Schemas } from '@/api'

/** All pieces of a dispute that one may see, oldest first. */
export async function readEvidence(id: string): Promise<Result<Schemas['EvidenceView'][]>> {
    const all: Schemas['EvidenceView'][] = []
    for (let after: string | undefined; ;) {
        const query = { after, limit: 100 }
        const found = await ask(api.GET('/v1/disputes/{id}/evidence', { params: { path: { id }, query } }))
        if (!found.ok) return found
        all.push(...found.value.evidence)
        if (!found.value.next) return { ok: true, value: all }
        after = found.value.next
    }
}
