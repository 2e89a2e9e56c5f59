import { api, ask, type Schemas } from '@/api'
import { loadMe, me } from '@/features/accounts/session'
import { useNews } from '@/features/disputes/news'
import { readRooms } from '@/features/rooms/rooms'
import { t } from '@/i18n'
import { useLoad, useLookingUp } from '@/ui/load'
import { computed, watch } from 'vue'

export type Session = Schemas['SessionView']
export type Attendance = Schemas['AttendanceView']

/** Not everything about a session is told to every device: it is looked up, too. */
const LOOK_EVERY_MS = 4_000
const HOSTS: Schemas['Part'][] = ['mediator', 'co_mediator']

/** Who took part and has not said yet whether the record is right. */
export const unanswered = ({ attendance }: Session) =>
    attendance.filter((one) => one.verified && one.rights_acknowledged && one.record === 'pending')

export const isHost = (dispute: Schemas['DisputeView'] | null) =>
    dispute?.your_parts.some((part) => HOSTS.includes(part)) ?? false

/** A session, its dispute and its people, as this screen needs them. */
export function useSession(disputeId: string, id: string) {
    const session = useLoad(() => ask(api.GET('/v1/sessions/{id}', { params: { path: { id } } })))
    const dispute = useLoad(async () => {
        await loadMe()
        return ask(api.GET('/v1/disputes/{id}', { params: { path: { id: disputeId } } }))
    })
    const rooms = useLoad(() => readRooms(disputeId))

    const look = () => !session.busy.value && void session.load()
    useLookingUp(LOOK_EVERY_MS, look)
    // A session that begins or ends moves its dispute on.
    watch(
        () => session.value.value?.phase,
        (_, before) => before && dispute.load(),
    )
    useNews(disputeId, look)

    const names = computed(() => {
        const members = rooms.value.value?.flatMap((room) => room.members) ?? []
        return new Map(members.map((member) => [member.person, member]))
    })
    const partyName = (party: string) => dispute.value.value?.parties.find((one) => one.id === party)?.name ?? ''

    const isMine = (one: Attendance) => one.person === me.value?.person

    return {
        session: session.value,
        dispute: dispute.value,
        trouble: computed(() => session.trouble.value ?? dispute.trouble.value),
        load: () => Promise.all([session.load(), dispute.load(), rooms.load()]),
        put: (now: Session) => (session.value.value = now),
        rooms: rooms.value,
        host: computed(() => isHost(dispute.value.value)),
        mine: computed(() => session.value.value?.attendance.find(isMine) ?? null),
        recordWaits: computed(() => {
            const now = session.value.value
            return now?.phase === 'in_progress' && Boolean(now.record) && unanswered(now).some(isMine)
        }),
        nameOf: (person: string) => names.value.get(person)?.name ?? t('sessions.somebody'),
        partOf: (person: string) => names.value.get(person)?.part ?? null,
        attendeeName: (one: Attendance) => names.value.get(one.person)?.name ?? partyName(one.party),
    }
}

export type SessionScreen = ReturnType<typeof useSession>

/** As whom one comes for a party: for oneself where nothing else is recorded. */
export function actingAs(parts: Schemas['Part'][]): Schemas['AttendingAs'] {
    if (parts.includes('applicant') || parts.includes('respondent')) return 'party'
    return parts.includes('guardian') ? 'guardian' : 'agent'
}

/** Whoever is to come may come in. */
export const OPEN: Schemas['SessionPhase'][] = ['lobby', 'identity_verified', 'rights_read', 'in_progress']

export const hasMedia = (session: Session) => ['video', 'audio', 'assisted_site'].includes(session.manner)
