import { api, ask, ok, type Result, type Schemas } from '@/api'
import { keepLogin, login, onLogin, type SignedIn } from '@/api/tokens'
import { settled } from '@/ui/undo'
import { shallowRef } from 'vue'

export type Me = Schemas['Me']

/** The login of this browser, and who is behind it once that was asked. */
export const session = shallowRef<SignedIn | null>(login())
export const me = shallowRef<Me | null>(null)

onLogin((now) => {
    if (now?.account !== session.value?.account) me.value = null
    session.value = now
})

export async function loadMe(): Promise<Result<Me>> {
    if (me.value) return ok(me.value)
    const found = await ask(api.GET('/v1/me'))
    if (found.ok) me.value = found.value
    return found
}

export function begin(value: SignedIn) {
    keepLogin(value)
}

/** Gone from this device at once; the server is told where it can be reached. What was still to be done is done before. */
export async function signOut() {
    await settled()
    await ask(api.POST('/v1/logins/current/end'))
    keepLogin(null)
}
