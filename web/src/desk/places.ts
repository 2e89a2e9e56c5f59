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
const APPROVALS: Place = { to: '/desk/approvals', label: 'desk.approvals' }
const LEGALITY: Place = { to: '/desk?track=public_security', label: 'desk.legality' }
export const NOTICES: Place = { to: '/desk/notices', label: 'notices.title' }
const FILING: Place = { to: '/desk/filing', label: 'desk.filing.title' }

const STATION = [INBOX, DISPUTES, LATE, VISITS, FILING, NOTICES]

/** Where somebody at the desk has something to do. */
const PLACES: Partial<Record<Role, Place[]>> = {
    officer: STATION,
    station_leader: [APPROVALS, ...STATION],
    legal_reviewer: [LEGALITY, DISPUTES, LATE, NOTICES],
    grid_worker: [DISPUTES, VISITS, FILING, NOTICES],
    committee_director: [APPROVALS, DISPUTES, LATE, NOTICES],
}

export const placesOf = (role: Role): Place[] => PLACES[role] ?? [DISPUTES, NOTICES]
