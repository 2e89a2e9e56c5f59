import { api, ask, serverNow, type Schemas } from '@/api'
import { deviceName, installation } from '@/device/installation'
import { useCommand } from '@/ui/command'
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import { begin } from './session'

/** How somebody called themselves before there was an account; the first login gives it that name. */
export const DRAFT_NAME = ref('')

/** Where a filing goes on after the login that it ends with. */
export const FILING_END = '/app/file/sent'

const PHONE = /^1\d{10}$/
const CODE = /^\d{6}$/

/** Signing in by text message: ask for a code, then send it back. */
export function useSignIn(done: () => void) {
    const phone = ref('')
    const code = ref('')
    const sent = shallowRef<Schemas['LoginCodeSent'] | null>(null)
    const secondsLeft = useSecondsUntil(() => sent.value?.next_at)

    const asking = useCommand((number: string) =>
        ask(api.POST('/v1/login-codes', { body: { phone: number, installation: installation() } })),
    )
    const entering = useCommand((body: Schemas['SignIn']) => ask(api.POST('/v1/logins', { body })))

    async function askCode() {
        const answer = await asking.run(phone.value)
        if (!answer) return
        sent.value = answer
        code.value = ''
        entering.trouble.value = null
    }

    async function enter() {
        if (!sent.value) return
        const body = {
            phone: phone.value,
            login_code: sent.value.login_code,
            code: code.value,
            device: deviceName(),
            name: DRAFT_NAME.value || null,
        }
        const answer = await entering.run(body)
        if (!answer) return
        begin(answer)
        done()
    }

    const phoneIsGood = computed(() => PHONE.test(phone.value))
    const codeIsGood = computed(() => CODE.test(code.value))
    return { phone, code, sent, secondsLeft, asking, entering, askCode, enter, phoneIsGood, codeIsGood }
}

/** Whatever two clocks say, nobody is kept waiting longer. */
const LONGEST_WAIT = 120

/** Counts down by the server's clock. */
function useSecondsUntil(moment: () => string | undefined) {
    const now = ref(serverNow())
    const timer = setInterval(() => (now.value = serverNow()), 500)
    onBeforeUnmount(() => clearInterval(timer))
    return computed(() => {
        const until = moment()
        const left = until ? Math.ceil((Date.parse(until) - now.value) / 1_000) : 0
        return Math.min(Math.max(0, left), LONGEST_WAIT)
    })
}
