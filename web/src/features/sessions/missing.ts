import { t, type Key } from '@/i18n'
import { computed } from 'vue'
import type { Attendance, SessionScreen } from './session'

const RIGHTS = { lacks: (one: Attendance) => !one.rights_acknowledged, text: 'sessions.rightsMissing' as Key }

/** Why the step that the host is at cannot be taken yet, with the names of those who are waited for. */
export function useMissing({ session, attendeeName }: SessionScreen) {
    return computed(() => {
        if (session.value?.phase !== 'identity_verified') return null
        const present = session.value.attendance.filter((one) => one.present)
        if (present.length === 0) return t('sessions.nobody')
        const names = present.filter(RIGHTS.lacks).map(attendeeName)
        return names.length > 0 ? t(RIGHTS.text, { names: names.join('、') }) : null
    })
}
