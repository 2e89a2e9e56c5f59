import type { Trouble } from '@/api/result'
import { language } from '@/i18n/language'
import { ref, shallowRef, watch } from 'vue'
import { invitation, type Front, type Invitation, type SuitableTime, type Wish } from './api'
import type { components } from '@/api/schema'

type Step = 'front' | 'inside' | 'declining' | 'agreed' | 'declined'
/** What the station has just been told. */
type Wished = 'called' | 'timed'

/** From the link to the answer: read who we are, type the digits, read what it is about, answer. */
export function useInvitation(token: string) {
    const service = invitation(token)
    const step = ref<Step>('front')
    const front = shallowRef<Front | null>(null)
    const inside = shallowRef<Invitation | null>(null)
    const consent = shallowRef<components['schemas']['ConsentText'] | null>(null)
    const code = ref('')
    const trouble = shallowRef<Trouble | null>(null)
    const busy = ref(false)
    const wished = ref<Wished | null>(null)
    const choosing = ref(false)

    async function doing<T>(work: () => Promise<{ ok: true; value: T } | { ok: false; trouble: Trouble }>) {
        if (busy.value) return null
        busy.value = true
        const result = await work()
        busy.value = false
        trouble.value = result.ok ? null : result.trouble
        return result.ok ? result.value : null
    }

    async function load() {
        front.value = (await doing(service.front)) ?? front.value
    }

    async function open() {
        const view = await doing(() => service.open(code.value))
        if (!view) return
        inside.value = view
        consent.value = view.consent_text
        step.value = 'inside'
        if (language.value !== view.consent_text.language) await readRules()
    }

    /** One agrees to the text one has read, in the language one has read it in. */
    async function readRules() {
        const text = await doing(() => service.consentText(language.value))
        if (text) consent.value = text
    }
    watch(language, () => inside.value && void readRules())

    async function agree() {
        if (!consent.value) return
        const { hash, version, language: read } = consent.value
        const shown = { hash, version, language: read }
        const done = await doing(() => service.answer({ code: code.value, answer: 'consent', shown }))
        if (done) step.value = 'agreed'
    }

    async function decline() {
        const done = await doing(() => service.answer({ code: code.value, answer: 'decline' }))
        if (done) step.value = 'declined'
    }

    async function wish(body: Omit<Wish, 'code'>, then: Wished) {
        if (!(await doing(() => service.wish({ code: code.value, ...body })))) return
        wished.value = then
        choosing.value = false
    }
    const askForCall = () => wish({ call: true }, 'called')
    const suggest = (times: SuitableTime[]) => wish({ times }, 'timed')

    return {
        wished,
        choosing,
        askForCall,
        suggest,
        step,
        front,
        inside,
        consent,
        code,
        trouble,
        busy,
        load,
        open,
        agree,
        decline,
    }
}
