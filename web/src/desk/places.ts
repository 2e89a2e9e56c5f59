import type { Schemas } from '@/api'
import type { Key } from '@/i18n'

interface Place {
    to: string
    label: Key
}

type Role = Schemas['Role']

const INBOX: Place = { to: '/desk?status=submitted', label: 'desk.inbox' }
const DISPUTES: Place = { to: '/desk', label: 'desk.disputes' }
const LATE: Place = { to: '/desk/late', label: 'desk.late' }
const VISITS: Place = { to: '/desk/visits', label: 'desk.visits.title' }
const FILING: Place = { to: '/desk/filing', label: 'desk.filing.title' }

const STATION = [INBOX, DISPUTES, LATE, VISITS, FILING]

/** Where somebody at the desk has something to do. */
const PLACES: Partial<Record<Role, Place[]>> = {
    officer: STATION,
    station_leader: STATION,
    legal_reviewer: [DISPUTES, LATE],
    grid_worker: [DISPUTES, VISITS, FILING],
    committee_director: [DISPUTES, LATE],
}

export const placesOf = (role: Role): Place[] => PLACES[role] ?? [DISPUTES]
