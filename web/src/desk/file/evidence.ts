import { api, ask, ok, type Intention, type Result, type Schemas } from '@/api'

/** The file itself is the body: nothing around it. */
export async function addEvidence(
    id: string,
    file: File,
    intention: Intention,
): Promise<Result<Schemas['EvidenceView']>> {
    const header = {
        ...intention.header([file.name, file.size, file.lastModified]),
        'X-File-Name': encodeURIComponent(file.name),
    }
    return ask(
        api.POST('/v1/disputes/{id}/evidence', {
            params: { path: { id }, header },
            headers: { 'Content-Type': file.type },
            // The API's document knows bytes as numbers only.
            body: file as unknown as number[],
            bodySerializer: (body) => body as unknown as Blob,
        }),
    )
}

/** Evidence is given out to be saved, never shown within the page. */
export async function saveEvidence(one: Schemas['EvidenceView']): Promise<Result<null>> {
    const answer = await ask(
        api.GET('/v1/evidence/{id}/content', { params: { path: { id: one.id } }, parseAs: 'blob' }),
    )
    if (!answer.ok) return answer
    const link = document.createElement('a')
    link.href = URL.createObjectURL(answer.value as unknown as Blob)
    link.download = one.file_name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    return ok(null)
}
