import type { Trouble } from '@/api/result'
import type { Front } from './api'
import type { Key } from './text'

interface Outcome {
    title: Key
    next: Key
    again?: boolean
    follow?: boolean
}

/** Where there is nothing to answer, or no longer: what holds, and what to do. */
export function outcomeOf(step: string, front: Front | null, trouble: Trouble | null): Outcome | null {
    if (step === 'agreed') return { title: 'agreed', next: 'agreedNext', follow: true }
    if (step === 'declined') return { title: 'declined', next: 'declinedNext' }
    if (!front && trouble?.code === 'not_found') return { title: 'gone', next: 'goneNext' }
    if (!front) return trouble && { title: 'other', next: 'noConnection', again: true }
    if (front.status === 'answered') return { title: 'answered', next: 'answeredNext', follow: true }
    if (front.status !== 'open' || trouble?.code === 'invitation_expired')
        return { title: 'expired', next: 'expiredNext' }
    return null
}

/** What went wrong with what was just tried. */
export function troubleKey(trouble: Trouble): Key {
    if (trouble.code === 'wrong_code') return 'wrongCode'
    if (trouble.code === 'no_connection') return 'noConnection'
    return trouble.code === 'too_many_requests' ? 'tooFast' : 'other'
}
