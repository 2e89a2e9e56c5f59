import type { Schemas } from '@/api'

export type MediaView = Schemas['MediaView']
export type Admission = Schemas['Admission']
export type Address = NonNullable<MediaView['room']>

/** One room at one moment; what was given for another one is not for this. */
export interface Here {
    room: string
    epoch: number
    address: Address | null
}

/**
 * `told`: the talk goes on elsewhere, the new microphone is being got. `stopping`: it is there, the old room is being
 * left. `confirming`: nothing of ours goes out any more, and the server is told so.
 */
export type Phase = 'out' | 'asking' | 'in' | 'told' | 'stopping' | 'confirming'

export interface Place {
    phase: Phase
    /** The newest that is known of the place. */
    turn: number
    /** The room we send in; null as soon as we may not. */
    here: Here | null
    others: string[]
    /** By this device's clock: when to ask again, and when to stop for want of an answer. */
    renewAt: number
    until: number
    retryAt: number
    /** Why we are not let in; null while there is hope. */
    refused: Schemas['ErrorCode'] | null
}

export type Event =
    | { type: 'enter'; now: number }
    | { type: 'exit' }
    | { type: 'admitted'; admission: Admission; asked: number; now: number }
    | { type: 'view'; view: MediaView; now: number }
    | { type: 'acquired' }
    | { type: 'stopped'; now: number }
    | { type: 'refused'; code: Schemas['ErrorCode']; now: number }
    | { type: 'unanswered'; now: number }
    /** What we were given is good no more. */
    | { type: 'stale'; now: number }
    | { type: 'tick'; now: number }

export type Effect =
    | { do: 'join' | 'acquire' | 'stop' | 'look' }
    | { do: 'confirm' | 'leave'; turn: number }
    | { do: 'connect'; here: Here; others: string[] }
    | { do: 'admit'; admission: Admission }

export type Step = [Place, Effect[]]

const RETRY_MS = 3_000
/** Sending ends this long before the server gives the place up. */
const MARGIN_MS = 5_000
/** Somebody who does not answer the browser's question about the microphone must not hold up the move. */
const ACQUIRE_WITHIN_MS = 4_000

export const nowhere: Place = {
    phase: 'out',
    turn: 0,
    here: null,
    others: [],
    renewAt: Infinity,
    until: Infinity,
    retryAt: Infinity,
    refused: null,
}

/** Where one is with sound and picture, as the server says it; nothing here is decided by the device but to come and go. */
export function step(place: Place, event: Event): Step {
    switch (event.type) {
        case 'enter':
            if (place.phase !== 'out') return [place, []]
            return [asking({ ...place, refused: null }, event.now), [{ do: 'join' }]]
        case 'exit':
            return exit(place)
        case 'admitted':
            return admitted(place, event)
        case 'view':
            return viewed(place, event.view, event.now)
        case 'acquired':
            return place.phase === 'told' ? [{ ...place, phase: 'stopping' }, [{ do: 'stop' }]] : [place, []]
        case 'stopped':
            return stopped(place, event.now)
        case 'refused':
            return refused(place, event.code, event.now)
        case 'unanswered':
            return [{ ...place, retryAt: event.now + RETRY_MS }, []]
        case 'stale':
            return [{ ...place, renewAt: Math.min(place.renewAt, event.now) }, []]
        case 'tick':
            return tick(place, event.now)
    }
}

const asking = (place: Place, now: number): Place => ({
    ...place,
    phase: 'asking',
    here: null,
    others: [],
    retryAt: now + 2 * RETRY_MS,
})

function exit(place: Place): Step {
    const gone = { ...nowhere, turn: place.turn }
    if (place.phase === 'out') return [gone, []]
    return [gone, [{ do: 'stop' }, { do: 'leave', turn: place.turn }]]
}

function admitted(place: Place, event: Extract<Event, { type: 'admitted' }>): Step {
    const { media } = event.admission
    const here = hereOf(media)
    const isAwaited = place.phase === 'asking' || place.phase === 'in'
    // An answer that comes after newer news, or after we went, opens nothing.
    if (!isAwaited || !here || media.standing !== 'in' || media.turn < place.turn) return [place, []]
    const lives = event.admission.lives_seconds * 1_000
    const until = event.asked + lives - MARGIN_MS
    if (event.now >= until) return [place, []]
    const moved = place.here !== null && place.here.room !== here.room
    const next: Place = {
        phase: 'in',
        turn: media.turn,
        here,
        others: media.others,
        until,
        renewAt: event.asked + lives / 2,
        retryAt: Infinity,
        refused: null,
    }
    const enter: Effect[] = [
        { do: 'admit', admission: event.admission },
        { do: 'connect', here, others: media.others },
    ]
    return [next, moved ? [{ do: 'stop' }, ...enter] : enter]
}

function viewed(place: Place, view: MediaView, now: number): Step {
    if (place.phase === 'out' || view.turn < place.turn) return [place, []]
    const next = { ...place, turn: view.turn }
    if (view.standing === 'leaving') return leaving(next, now)
    if (view.standing === 'out') return putOut(next, now)
    return stays(next, view, now)
}

/** Also before we were admitted: a place of ours is held from before, and nothing of ours goes out there. */
function leaving(place: Place, now: number): Step {
    if (place.phase === 'in')
        return [{ ...place, phase: 'told', retryAt: now + ACQUIRE_WITHIN_MS }, [{ do: 'acquire' }]]
    if (place.phase === 'told' || place.phase === 'stopping') return [place, []]
    const confirming: Place = { ...place, phase: 'confirming', retryAt: now + RETRY_MS }
    return [confirming, [{ do: 'confirm', turn: place.turn }]]
}

function putOut(place: Place, now: number): Step {
    const again: Effect[] = [{ do: 'join' }]
    return [asking(place, now), place.here ? [{ do: 'stop' }, ...again] : again]
}

function stays(place: Place, view: MediaView, now: number): Step {
    const here = hereOf(view)
    if (place.phase !== 'in' || !here) return [place, []]
    if (here.room !== place.here?.room) return [asking(place, now), [{ do: 'stop' }, { do: 'join' }]]
    if (here.epoch < place.here.epoch) return [place, []]
    const connect: Effect = { do: 'connect', here, others: view.others }
    // What was given for the old epoch opens nothing any more.
    const renew: Effect[] = here.epoch > place.here.epoch ? [{ do: 'join' }] : []
    return [{ ...place, here, others: view.others }, [connect, ...renew]]
}

function stopped(place: Place, now: number): Step {
    if (place.phase !== 'stopping') return [place, []]
    const next: Place = { ...place, phase: 'confirming', here: null, others: [], retryAt: now + RETRY_MS }
    return [next, [{ do: 'confirm', turn: place.turn }]]
}

function refused(place: Place, code: Schemas['ErrorCode'], now: number): Step {
    if (place.phase === 'out') return [place, []]
    // Something else has happened since: look at what it is.
    const look = place.phase !== 'asking' || code === 'media_place_held'
    return [{ ...place, refused: code, retryAt: now + RETRY_MS }, look ? [{ do: 'look' }] : []]
}

function tick(place: Place, now: number): Step {
    if (place.phase === 'out') return [place, []]
    // Nobody answers, and the server is about to let others believe that we are gone: then we are.
    if (place.here && now >= place.until) return [asking(place, now), [{ do: 'stop' }, { do: 'join' }]]
    if (now < place.retryAt && !(place.phase === 'in' && now >= place.renewAt)) return [place, []]
    const next = { ...place, retryAt: now + RETRY_MS }
    if (place.phase === 'told') return [{ ...next, phase: 'stopping' }, [{ do: 'stop' }]]
    if (place.phase === 'confirming') return [next, [{ do: 'confirm', turn: place.turn }]]
    if (place.phase === 'in') return [{ ...next, renewAt: now + 2 * RETRY_MS }, [{ do: 'join' }]]
    return [next, place.phase === 'asking' ? [{ do: 'join' }] : []]
}

function hereOf(view: MediaView): Here | null {
    if (!view.media_room || view.epoch == null) return null
    return { room: view.media_room, epoch: view.epoch, address: view.room ?? null }
}
