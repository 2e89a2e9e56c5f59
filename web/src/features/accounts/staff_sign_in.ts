import { api, ask, type Schemas } from '@/api'
import { deviceName } from '@/device/installation'
import { useCommand } from '@/ui/command'
import { computed, ref } from 'vue'
import { begin } from './session'

/** Password and authenticator together: one screen, one try. */
export function useStaffSignIn(done: () => void) {
    const username = ref('')
    const password = ref('')
    const code = ref('')
    const { run, busy, trouble } = useCommand((body: Schemas['StaffSignIn']) =>
        ask(api.POST('/v1/staff-logins', { body })),
    )
    const isComplete = computed(() => username.value !== '' && password.value !== '' && /^\d{6}$/.test(code.value))

    async function enter() {
        const body = {
            username: username.value.trim(),
            password: password.value,
            code: code.value,
            device: deviceName(),
        }
        const answer = await run(body)
        // The digits are good once.
        code.value = ''
        if (!answer) return
        begin(answer)
        done()
    }

    return { username, password, code, busy, trouble, isComplete, enter }
}
