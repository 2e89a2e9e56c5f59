import type { Schemas } from '@/api'

type Part = Schemas['Part']
type Status = Schemas['Status']
type Track = Schemas['Track']
type Dispute = Schemas['DisputeView']

/** When a command of docs/LIFECYCLE.md is offered. The service decides; a test compares this with that document. */
interface Rule {
    parts: Part[]
    statuses: Status[]
    /** Where it exists under one law only, or the laws differ. */
    unless?: { track: Track; statuses: Status[] }
}

const BEFORE_CONSENT: Status[] = ['submitted', 'emergency_held']
const MEDIATING: Status[] = ['matching', 'assigned', 'scheduled', 'in_mediation', 'suspended', 'pending_signature']
const OPEN: Status[] = ['awaiting_consent', ...MEDIATING]
const AFTER: Status[] = ['performing', 'defaulted', 'performed', 'terminated', 'penalty_referral']
const IN_CHARGE: Part[] = ['owner', 'station_leader']
const ADDS_PEOPLE: Part[] = ['mediator', 'filer', 'owner', 'station_officer']
const HOSTS: Part[] = ['mediator', 'owner']
const NEUTRALS: Part[] = ['mediator', 'co_mediator', 'invited_lawyer']
const NEVER_IN_PUBLIC_SECURITY = (statuses: Status[]) => ({ track: 'public_security' as const, statuses })
const NEVER_IN_PEOPLES = (statuses: Status[]) => ({ track: 'people_mediation' as const, statuses })

export const RULES = {
    submit: { parts: ['filer', 'owner'], statuses: ['draft'] },
    approve_ending: { parts: ['station_leader', 'director'], statuses: [...BEFORE_CONSENT, ...OPEN] },
    refuse_ending: { parts: ['station_leader', 'director'], statuses: [...BEFORE_CONSENT, ...OPEN] },
    triage: { parts: ['owner', 'station_officer', 'station_leader'], statuses: BEFORE_CONSENT },
    appoint: { parts: ['owner', 'station_leader', 'director'], statuses: ['matching'] },
    disclose: { parts: NEUTRALS, statuses: MEDIATING },
    establish_facts: { parts: IN_CHARGE, statuses: OPEN, unless: NEVER_IN_PEOPLES(OPEN) },
    schedule: { parts: HOSTS, statuses: ['assigned', 'scheduled', 'in_mediation'] },
    suspend: { parts: HOSTS, statuses: ['in_mediation'] },
    resume: { parts: HOSTS, statuses: ['suspended'] },
    urge: { parts: ['mediator', ...IN_CHARGE], statuses: ['performing', 'defaulted'] },
    advise_suit: { parts: ['mediator', ...IN_CHARGE], statuses: ['defaulted'] },
    refer_for_penalty: { parts: IN_CHARGE, statuses: ['defaulted'], unless: NEVER_IN_PEOPLES(['defaulted']) },
    close: {
        parts: ['mediator', ...IN_CHARGE],
        statuses: ['defaulted', 'performed'],
        unless: NEVER_IN_PUBLIC_SECURITY(['defaulted']),
    },
    archive: {
        parts: [...IN_CHARGE, 'director'],
        statuses: ['redirected', 'rejected', 'terminated', 'penalty_referral', 'closed'],
    },
    hand_over: { parts: IN_CHARGE, statuses: [...BEFORE_CONSENT, ...OPEN, ...AFTER] },
    add_party: { parts: ADDS_PEOPLE, statuses: ['draft', 'submitted', 'awaiting_consent'] },
    add_guardian: { parts: ADDS_PEOPLE, statuses: ['draft', ...BEFORE_CONSENT, ...OPEN] },
    add_agent: { parts: ADDS_PEOPLE, statuses: ['draft', ...BEFORE_CONSENT, ...OPEN] },
    change_track: { parts: IN_CHARGE, statuses: OPEN, unless: NEVER_IN_PUBLIC_SECURITY(OPEN) },
    bar: { parts: IN_CHARGE, statuses: OPEN, unless: NEVER_IN_PEOPLES(OPEN) },
    step_down: { parts: NEUTRALS, statuses: MEDIATING },
    propose_ending: {
        parts: ['mediator', 'owner', 'station_officer', 'station_leader', 'director'],
        statuses: [...BEFORE_CONSENT, ...OPEN],
    },
} satisfies Record<string, Rule>

export type Kind = keyof typeof RULES
export const KINDS = Object.keys(RULES) as Kind[]

/** Whether the life of a dispute has room for it now, under the law that it runs under. */
export function isInTime(kind: Kind, status: Status, track: Track | null | undefined): boolean {
    const rule: Rule = RULES[kind]
    const isLeftOut = rule.unless?.track === (track ?? 'people_mediation') && rule.unless.statuses.includes(status)
    return rule.statuses.includes(status) && !isLeftOut
}

function fits(kind: Kind, dispute: Dispute, account: string): boolean {
    const { approval } = dispute
    // A filer as such adds people to a draft only.
    const parts = dispute.your_parts.filter((part) => part !== 'filer' || dispute.status === 'draft')
    if (!(RULES[kind] as Rule).parts.some((part) => parts.includes(part))) return false
    if (kind === 'approve_ending' || kind === 'refuse_ending') return !!approval && approval.proposed_by !== account
    if (kind === 'propose_ending') return !approval
    if (kind === 'disclose') return dispute.neutrals.some((one) => one.account === account && !one.disclosed)
    return true
}

/** What somebody may do with a dispute at this moment, the most usual first. */
export function permitted(dispute: Dispute, account: string): Kind[] {
    return KINDS.filter((kind) => isInTime(kind, dispute.status, dispute.track) && fits(kind, dispute, account))
}

const INVITERS: Part[] = ['filer', 'owner', 'station_officer', 'station_leader', 'grid_worker', 'director']
const RATERS: Part[] = ['owner', 'station_officer', 'station_leader']
const has = (dispute: Dispute, parts: Part[]) => dispute.your_parts.some((part) => parts.includes(part))

/** Two things that are no commands of the life cycle. */
export const mayInvite = (dispute: Dispute) => dispute.status === 'awaiting_consent' && has(dispute, INVITERS)
export const mayRate = (dispute: Dispute) => has(dispute, RATERS)
