import { api, ask, type Intention, type Result, type Schemas } from '@/api'
import { useCommand } from '@/ui/command'
import { watch } from 'vue'
import type { Session, SessionScreen } from './session'

/** Every step of a session, by its name in the API. */
type Bodies = {
    notify: undefined
    open: undefined
    arrive: Schemas['Attendee']
    verify: Schemas['VerifyIdentity']
    'confirm-identities': undefined
    'acknowledge-rights': undefined
    'confirm-rights': undefined
    joint: Schemas['MeetJointly']
    caucus: Schemas['MeetInCaucus']
    record: Schemas['PresentRecord']
    'confirm-record': Schemas['ConfirmRecord']
    'note-refusal': Schemas['NoteRecordRefusal']
    'close-record': undefined
    end: undefined
    cancel: Schemas['CancelSession']
    depart: Schemas['Depart']
}
export type Verb = keyof Bodies
export type Asked = { [V in Verb]: { verb: V; body?: Bodies[V] } }[Verb]

async function take(id: string, { verb, body }: Asked, intention: Intention): Promise<Result<Session>> {
    const params = { path: { id }, header: intention.header([verb, body]) }
    const path = `/v1/sessions/{id}/${verb}` as '/v1/sessions/{id}/record'
    // Every step has this one shape; the pairs of name and body are typed above.
    return ask(api.POST(path, { params, body: body as Schemas['PresentRecord'] }))
}

/** A step of this session; its answer is the session as it is then. */
export function useStep(screen: SessionScreen) {
    const { run, busy, trouble } = useCommand(async (asked: Asked, intention) => {
        const id = screen.session.value?.id ?? ''
        const done = await take(id, asked, intention)
        if (done.ok) screen.put(done.value)
        return done
    })
    // What was refused before may be possible now.
    const state = () => JSON.stringify(screen.session.value)
    watch(state, () => (trouble.value = null))
    return { run, busy, trouble }
}
