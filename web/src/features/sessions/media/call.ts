import type { Schemas } from '@/api'
import { live } from '@/live/live'
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { cue } from './cue'
import { doors } from './doors'
import { Mesh } from './mesh'
import type { Signal } from './peer'
import { type Admission, type Effect, type Event, nowhere, step } from './place'
import { canRelay, Relay } from './relay'
import { useSource } from './source'
import { stayHere } from '@/device/kiosk'
import { keepAwake } from './wake_lock'

/** So long a direct way is tried before sound goes over our own line. */
const RELAY_AFTER_MS = 8_000

export interface Heard {
    person: string
    stream: MediaStream
    hasPicture: boolean
    by: 'direct' | 'relay' | 'connecting'
    packets: number
    level: number
}

/** Sound and picture of a session for as long as the screen is open. */
export function useCall(session: string, me: string) {
    const place = shallowRef(nowhere)
    const recording = shallowRef<Schemas['RecordingView'] | null>(null)
    const people = shallowRef<Heard[]>([])
    const stuck = ref(false)
    const source = useSource()
    const door = doors(session)
    let admission: Admission | null = null
    let relay: Relay | null = null
    let isJoining = false

    const mesh = new Mesh({
        me,
        send: (media_room, to, data) => void live.signal({ type: 'signal', media_room, to, data }),
        changed: look,
    })

    function dispatch(event: Event) {
        const view = event.type === 'admitted' ? event.admission.media : event.type === 'view' ? event.view : null
        if (view && view.turn >= place.value.turn) recording.value = view.recording
        const [next, effects] = step(place.value, event)
        place.value = next
        effects.forEach(carryOut)
        const kind = place.value.here?.address?.kind
        if (kind && kind !== lastKind) moved(kind)
    }

    let lastKind: string | null = null
    function moved(kind: string) {
        const isFirst = lastKind === null
        lastKind = kind
        if (kind === 'caucus') cue('private')
        else if (!isFirst) cue('joint')
    }

    function carryOut(effect: Effect) {
        if (effect.do === 'join') return void join()
        if (effect.do === 'look') return void door.look().then(dispatch)
        if (effect.do === 'confirm') return void door.confirm(effect.turn).then(dispatch)
        if (effect.do === 'leave') return void door.leave(effect.turn)
        if (effect.do === 'acquire') return void source.acquire().then(() => dispatch({ type: 'acquired' }))
        if (effect.do === 'connect') return mesh.connect(effect.here, effect.others)
        if (effect.do === 'admit') return admit(effect.admission)
        stop()
    }

    async function join() {
        if (isJoining) return
        isJoining = true
        const event = await door.join()
        isJoining = false
        dispatch(event)
    }

    function admit(given: Admission) {
        admission = given
        mesh.iceServers(given.ice_servers as RTCIceServer[])
    }

    /** From here on nothing of ours goes out; only then may the server be told. */
    function stop() {
        mesh.stop()
        hangUp()
        admission = null
        source.change()
        void Promise.resolve().then(() => dispatch({ type: 'stopped', now: Date.now() }))
    }

    function hangUp() {
        relay?.close()
        relay = null
    }

    function look() {
        const heard = new Map(relay?.heardOf.map((one) => [one.person, one]))
        people.value = mesh.people.map(({ person, peer }) => ({
            person,
            stream: peer.stream,
            hasPicture: peer.connected && peer.hasPicture,
            by: peer.connected ? 'direct' : heard.has(person) ? 'relay' : 'connecting',
            packets: heard.get(person)?.packets ?? 0,
            level: heard.get(person)?.level ?? 0,
        }))
    }

    function second() {
        const now = Date.now()
        dispatch({ type: 'tick', now })
        mesh.tick(now)
        const broken = mesh.people.filter(({ peer }) => !peer.connected && now - peer.brokenSince > RELAY_AFTER_MS)
        stuck.value = broken.length > 0 && !canRelay()
        if (broken.length > 0) openRelay()
        else if (mesh.people.every(({ peer }) => peer.connected)) hangUp()
        look()
    }

    function openRelay() {
        if (relay || !admission || !canRelay()) return
        const isDirect = (person: string) => mesh.people.some((one) => one.person === person && one.peer.connected)
        // Every token opens it once; where it closes, another has to be got.
        const { audio_url, token } = admission
        admission = null
        relay = new Relay(audio_url, token, { isDirect, changed: look, lost: relayLost })
        relay.use(source.tracks.value.audio)
    }

    function relayLost() {
        hangUp()
        dispatch({ type: 'stale', now: Date.now() })
    }

    watch(source.tracks, (tracks) => {
        void mesh.use(tracks)
        relay?.use(tracks.audio)
    })
    const rung = computed(() => {
        if (stuck.value) return 'text'
        if (people.value.some((one) => one.by === 'relay')) return 'relay'
        return source.cameraOn.value ? 'video' : 'audio'
    })

    /** Back from the background, or on another network: what is believed may be long wrong. */
    function wake() {
        if (document.visibilityState !== 'visible') return
        dispatch({ type: 'stale', now: Date.now() })
        second()
    }

    const forget: (() => void)[] = []
    onMounted(async () => {
        forget.push(
            live.listen((frame) => {
                if (frame.type === 'media' && frame.media.session === session) {
                    dispatch({ type: 'view', view: frame.media as Schemas['MediaView'], now: Date.now() })
                }
                if (frame.type === 'signal') void mesh.heard(frame.media_room, frame.from, frame.data as Signal)
            }),
            keepAwake(),
            stayHere(),
        )
        document.addEventListener('visibilitychange', wake)
        addEventListener('online', wake)
        forget.push(
            () => document.removeEventListener('visibilitychange', wake),
            () => removeEventListener('online', wake),
        )
        const timer = setInterval(second, 1_000)
        forget.push(() => clearInterval(timer))
        await source.open()
        if (forget.length > 0) dispatch({ type: 'enter', now: Date.now() })
    })
    onBeforeUnmount(() => {
        forget.splice(0).forEach((undo) => undo())
        dispatch({ type: 'exit' })
        source.close()
    })

    return { place, recording, people, rung, source, mesh, resume: () => relay?.resume(), dispatch }
}
