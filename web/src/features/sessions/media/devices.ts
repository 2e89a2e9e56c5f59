// Camera and microphone of this device, and in plain words why there are none.

/** Why there is no sound or picture of us; each has its words and its advice. */
export type DeviceTrouble = 'refused' | 'missing' | 'in_use' | 'unsupported' | 'in_app' | 'failed'

/** Browsers inside other apps, where cameras are often closed to pages: only the app's owner could open them. */
export const isInApp = (agent = navigator.userAgent) =>
    /MicroMessenger|QQ\/|DingTalk|Weibo|AliApp|BytedanceWebview/i.test(agent)

export function troubleOf(error: unknown, agent = navigator.userAgent): DeviceTrouble {
    const name = error instanceof Error || error instanceof DOMException ? error.name : ''
    if (name === 'NotAllowedError' || name === 'SecurityError') return isInApp(agent) ? 'in_app' : 'refused'
    if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
    if (name === 'NotReadableError' || name === 'AbortError') return 'in_use'
    if (name === 'NotSupportedError' || name === 'TypeError') return isInApp(agent) ? 'in_app' : 'unsupported'
    return 'failed'
}

export type Got = { ok: true; track: MediaStreamTrack } | { ok: false; trouble: DeviceTrouble }
export type Kind = 'audio' | 'video'

const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
/** Small enough for a phone that sends it to five others. */
const PICTURE: MediaTrackConstraints = {
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 15, max: 24 },
    facingMode: 'user',
}

async function ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no media devices', 'NotSupportedError')
    return navigator.mediaDevices.getUserMedia(constraints)
}

/** A track of the chosen device, or of any where the chosen one is gone. */
export async function getTrack(kind: Kind, device: string | null): Promise<Got> {
    const base = kind === 'audio' ? SOUND : PICTURE
    const chosen = device ? { ...base, facingMode: undefined, deviceId: { exact: device } } : base
    try {
        const stream = await ask({ [kind]: chosen })
        const [track] = stream.getTracks()
        return track ? { ok: true, track } : { ok: false, trouble: 'missing' }
    } catch (error) {
        const trouble = troubleOf(error)
        return device && trouble === 'missing' ? getTrack(kind, null) : { ok: false, trouble }
    }
}

export interface Choice {
    id: string
    label: string
}

/** What can be chosen; named only once the browser was allowed to. */
export async function choices(kind: Kind): Promise<Choice[]> {
    const all = await (navigator.mediaDevices?.enumerateDevices?.() ?? Promise.resolve([]))
    const input = kind === 'audio' ? 'audioinput' : 'videoinput'
    return all
        .filter((device) => device.kind === input && device.deviceId !== '')
        .map((device) => ({ id: device.deviceId, label: device.label }))
}
