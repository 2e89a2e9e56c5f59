import { t, type Key } from '@/i18n'
import { computed } from 'vue'
import type { Attendance, Session, SessionScreen } from './session'

type Needs = { lacks: (one: Attendance) => boolean; text: Key }
const NEEDS: Partial<Record<Session['phase'], Needs>> = {
    lobby: { lacks: (one) => !one.verified, text: 'sessions.identitiesMissing' },
    identity_verified: { lacks: (one) => !one.rights_acknowledged, text: 'sessions.rightsMissing' },
}

/** Why the step that the host is at cannot be taken yet, with the names of those who are waited for. */
export function useHindrance({ session, attendeeName }: SessionScreen) {
    return computed(() => {
        const needs = session.value && NEEDS[session.value.phase]
        if (!session.value || !needs) return null
        const present = session.value.attendance.filter((one) => one.present)
        if (present.length === 0) return t('sessions.nobody')
        const names = present.filter(needs.lacks).map(attendeeName)
        return names.length > 0 ? t(needs.text, { names: names.join('、') }) : null
    })
}
