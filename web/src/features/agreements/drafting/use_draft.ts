import { api, ask, ok, type Result, type Schemas } from '@/api'
import { useCommand } from '@/ui/command'
import { useLoad } from '@/ui/load'
import { undoable } from '@/ui/undo'
import { computed, ref, shallowRef, watch } from 'vue'
import { draftOf, emptyForm, formOf, saysTheSame, wrongIn, type DraftForm } from './form'
import { forget, keep, keptFor } from './kept'

type Agreement = Schemas['AgreementView']

/** Where nobody has written anything yet there is no agreement: that is no failure. */
export async function readAgreement(id: string): Promise<Result<Agreement | null>> {
    const found = await ask(api.GET('/v1/disputes/{id}/agreement', { params: { path: { id } } }))
    return !found.ok && found.trouble.code === 'not_found' ? ok(null) : found
}

/**
 * The draft of an agreement as it is being written: on the device with every letter, with the service when it is saved.
 * What somebody else wrote in the meantime replaces nothing before it was looked at.
 */
export function useDraft(id: string) {
    const form = ref<DraftForm>(emptyForm())
    const read = shallowRef<Agreement | null>(null)
    /** Written by somebody else since this form was begun. */
    const theirs = shallowRef<Agreement | null>(null)
    const isOpen = ref(false)
    let base = emptyForm()
    let revision = 0

    function begin(from: Agreement | null) {
        read.value = from
        base = from ? formOf(from.draft) : emptyForm()
        revision = from?.revision ?? 0
    }

    const opening = useLoad(async () => {
        const [dispute, agreement] = await Promise.all([
            ask(api.GET('/v1/disputes/{id}', { params: { path: { id } } })),
            readAgreement(id),
        ])
        if (!dispute.ok) return dispute
        if (!agreement.ok) return agreement
        if (!isOpen.value) await open(agreement.value)
        return dispute
    })

    async function open(from: Agreement | null) {
        begin(from)
        const kept = await keptFor(id)
        form.value = kept?.form ?? formOf(from?.draft ?? draftOf(emptyForm()))
        if (kept && kept.revision !== revision && !saysTheSame(kept.form, base)) {
            theirs.value = from
            revision = kept.revision
        }
        isOpen.value = true
    }

    const isChanged = computed(() => isOpen.value && read.value !== undefined && !saysTheSame(form.value, base))
    watch(form, (now) => isOpen.value && void keepOrForget(now), { deep: true, flush: 'sync' })

    async function keepOrForget(now: DraftForm) {
        if (saysTheSame(now, base)) await forget(id)
        else await keep(id, revision, now)
    }

    const writing = useCommand((body: Schemas['ReviseAgreement'], intention) =>
        ask(
            api.PUT('/v1/disputes/{id}/agreement', {
                params: { path: { id }, header: intention.header(body) },
                body,
            }),
        ),
    )
    const wrong = computed(() => wrongIn(form.value))

    /** Whether the service has it all now. */
    async function save(): Promise<boolean> {
        if (wrong.value.length > 0) return false
        const written = await writing.run({ revision, draft: draftOf(form.value) })
        if (!written) {
            if (writing.trouble.value?.code === 'text_changed') await lookAtTheirs()
            return false
        }
        begin(written)
        theirs.value = null
        // Typing went on while it was on its way.
        await keepOrForget(form.value)
        return !isChangedNow()
    }
    const isChangedNow = () => !saysTheSame(form.value, base)

    async function lookAtTheirs() {
        const found = await readAgreement(id)
        if (found.ok) theirs.value = found.value
    }

    /** Mine in place of theirs, which I have seen. */
    async function keepMine() {
        revision = theirs.value?.revision ?? 0
        theirs.value = null
        return save()
    }

    function takeTheirs(text: string) {
        const [other, mine, was] = [theirs.value, form.value, revision]
        if (!other) return
        begin(other)
        theirs.value = null
        form.value = formOf(other.draft)
        undoable(
            text,
            () => {},
            () => {
                ;[theirs.value, revision] = [other, was]
                form.value = mine
            },
        )
    }

    return { form, read, theirs, opening, isOpen, isChanged, wrong, writing, save, keepMine, takeTheirs }
}

export type Drafting = ReturnType<typeof useDraft>
