import { storage } from '@/device/storage'
import { reactive, ref, shallowRef } from 'vue'
import { type DeviceTrouble, getTrack, type Kind } from './devices'

/** Whether one's microphone and camera are on, and which they are: kept, so that one comes back as one was. */
export const wishes = {
    get: (name: string) => storage.get(`ala.media.${name}`),
    set: (name: string, value: string) => storage.set(`ala.media.${name}`, value),
}

/** Our own sound and picture. */
export function useSource() {
    const muted = ref(wishes.get('muted') === '1')
    const cameraOn = ref(wishes.get('camera') !== '0')
    const trouble = reactive<Record<Kind, DeviceTrouble | null>>({ audio: null, video: null })
    const tracks = shallowRef<Record<Kind, MediaStreamTrack | null>>({ audio: null, video: null })
    /** A telephone call or another app has taken the microphone: one touch gets it back. */
    const lost = ref(false)
    let spare: MediaStreamTrack | null = null

    function watchLoss(track: MediaStreamTrack) {
        const look = () => (lost.value = track.readyState === 'ended' || track.muted)
        track.onended = track.onmute = track.onunmute = () => track === tracks.value.audio && look()
        look()
    }

    function put(kind: Kind, track: MediaStreamTrack | null) {
        tracks.value[kind]?.stop()
        tracks.value = { ...tracks.value, [kind]: track }
        if (kind !== 'audio' || !track) return
        track.enabled = !muted.value
        watchLoss(track)
    }

    async function get(kind: Kind) {
        const got = await getTrack(kind, wishes.get(kind))
        trouble[kind] = got.ok ? null : got.trouble
        return got.ok ? got.track : null
    }

    return {
        muted,
        cameraOn,
        trouble,
        tracks,
        lost,
        async open() {
            put('audio', await get('audio'))
            if (cameraOn.value) put('video', await get('video'))
        },
        /** Gets the microphone anew while the old one still speaks. */
        async acquire() {
            spare?.stop()
            spare = await get('audio')
        },
        /** The old one is silent for good; the new one takes over, muted as the old one was. */
        change() {
            if (spare) put('audio', spare)
            spare = null
        },
        async restore() {
            put('audio', await get('audio'))
            if (cameraOn.value && tracks.value.video?.readyState !== 'live') put('video', await get('video'))
        },
        mute(value: boolean) {
            muted.value = value
            wishes.set('muted', value ? '1' : '0')
            if (tracks.value.audio) tracks.value.audio.enabled = !value
        },
        async camera(on: boolean) {
            cameraOn.value = on
            wishes.set('camera', on ? '1' : '0')
            put('video', on ? await get('video') : null)
        },
        close() {
            spare?.stop()
            put('audio', null)
            put('video', null)
        },
    }
}
