import { api, ask, type Intention, type Result, type Schemas } from '@/api'
import { addPerson, invite } from './people'
import { appoint, handOver } from './staffing'
import { choices, inChina, line, maybe, type Field, type Values } from './fields'
import type { Kind } from './permitted'
import zhWords from '../words/zh'

export interface Situation {
    dispute: Schemas['DisputeView']
    me: Schemas['Me']
    mediators: Schemas['MediatorView'][]
    lawyers: Schemas['LawyerView'][]
}

/** A command with the form it needs. `isFinal`: it can be undone for ten seconds and not after. */
export interface Order {
    isFinal?: boolean
    fields: (at: Situation) => Field[]
    send: (at: Situation, values: Values, intention: Intention) => Promise<Result<unknown>>
}

export type OrderKind = Exclude<Kind, 'triage'> | 'invite'

const names = <Name extends string>(set: Record<Name, string>) => Object.keys(set) as Name[]
const plain = (at: Situation, intention: Intention) => ({
    params: { path: { id: at.dispute.id }, header: intention.header(null) },
})
const withBody = <Body>(at: Situation, intention: Intention, body: Body) => ({
    params: { path: { id: at.dispute.id }, header: intention.header(body) },
    body,
})
const none = () => []

const text = (label: Field['label'], name = 'text'): Field => ({ name, label, kind: 'text' })

const endings: Order = {
    fields: ({ dispute }) => [
        {
            name: 'ending',
            label: 'desk.commands.ending',
            kind: 'choice',
            options: choices(endingsIn(dispute.status), (one) => `desk.words.ending.${one}`),
            hint: 'desk.commands.endingHint',
        },
        {
            name: 'reason',
            label: 'desk.commands.reason',
            kind: 'choice',
            options: choices(names(zhWords.reason), (one) => `desk.words.reason.${one}`),
        },
        text('desk.commands.explanation', 'explanation'),
    ],
    send: (at, values, intention) => {
        const body: Schemas['ProposeEnding'] = {
            ending: line(values, 'ending') as Schemas['Ending'],
            reason: line(values, 'reason') as Schemas['TerminationReason'],
            explanation: line(values, 'explanation'),
        }
        return ask(api.POST('/v1/disputes/{id}/endings', withBody(at, intention, body)))
    },
}

/** Before consent a dispute is rejected, after it ended; returned as long as the parties have not all agreed. */
export function endingsIn(status: Schemas['Status']): Schemas['Ending'][] {
    if (status === 'submitted') return ['return', 'reject']
    if (status === 'emergency_held') return ['reject']
    if (status === 'awaiting_consent') return ['return', 'terminate']
    return ['terminate']
}

const session: Order = {
    fields: () => [
        { name: 'from', label: 'desk.commands.from', kind: 'moment', hint: 'desk.commands.beijing' },
        { name: 'to', label: 'desk.commands.to', kind: 'moment' },
        {
            name: 'manner',
            label: 'desk.commands.manner',
            kind: 'choice',
            options: choices(names(zhWords.sessionManner), (one) => `desk.words.sessionManner.${one}`),
        },
        { name: 'place', label: 'desk.commands.place', kind: 'line', isOptional: true },
    ],
    send: (at, values, intention) => {
        const body: Schemas['PlanSession'] = {
            starts_at: inChina(line(values, 'from')),
            ends_at: inChina(line(values, 'to')),
            manner: line(values, 'manner') as Schemas['SessionManner'],
            place: maybe(values, 'place'),
        }
        return ask(api.POST('/v1/disputes/{id}/sessions', withBody(at, intention, body)))
    },
}

export const ORDERS: Record<OrderKind, Order> = {
    submit: {
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/submit', withBody(at, intention, {}))),
    },
    invite,
    propose_ending: endings,
    approve_ending: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/endings/approve', plain(at, intention))),
    },
    refuse_ending: {
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/endings/refuse', plain(at, intention))),
    },
    appoint,
    hand_over: handOver,
    disclose: {
        fields: () => [
            { ...text('desk.commands.interests', 'interests'), isOptional: true, hint: 'desk.commands.interestsHint' },
        ],
        send: (at, values, intention) => {
            const body = { interests: maybe(values, 'interests') ?? null }
            return ask(api.POST('/v1/disputes/{id}/disclosure', withBody(at, intention, body)))
        },
    },
    step_down: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/step-down', plain(at, intention))),
    },
    establish_facts: {
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/establish-facts', plain(at, intention))),
    },
    schedule: session,
    suspend: {
        fields: () => [
            {
                name: 'reason',
                label: 'desk.commands.reason',
                kind: 'choice',
                options: choices(names(zhWords.suspension), (one) => `desk.words.suspension.${one}`),
            },
        ],
        send: (at, values, intention) => {
            const body = { reason: line(values, 'reason') as Schemas['SuspensionReason'] }
            return ask(api.POST('/v1/disputes/{id}/suspend', withBody(at, intention, body)))
        },
    },
    resume: {
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/resume', plain(at, intention))),
    },
    urge: {
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/urge', plain(at, intention))),
    },
    advise_suit: {
        fields: () => [text('desk.commands.advice')],
        send: (at, values, intention) => {
            const body = { text: line(values, 'text') }
            return ask(api.POST('/v1/disputes/{id}/advise-suit', withBody(at, intention, body)))
        },
    },
    refer_for_penalty: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/refer-for-penalty', plain(at, intention))),
    },
    close: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/close', plain(at, intention))),
    },
    archive: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/archive', plain(at, intention))),
    },
    change_track: {
        isFinal: true,
        fields: none,
        send: (at, _, intention) => ask(api.POST('/v1/disputes/{id}/change-track', plain(at, intention))),
    },
    bar: {
        isFinal: true,
        fields: () => [
            {
                name: 'bar',
                label: 'desk.commands.bar',
                kind: 'choice',
                options: choices(names(zhWords.bar), (one) => `desk.words.bar.${one}`),
            },
        ],
        send: (at, values, intention) => {
            const body = { bar: line(values, 'bar') as Schemas['PublicSecurityBar'] }
            return ask(api.POST('/v1/disputes/{id}/bar', withBody(at, intention, body)))
        },
    },
    ...addPerson,
}
