import { api, ask } from '@/api'
import type { Schemas } from '@/api'
import { t } from '@/i18n'
import zhWords from '../words/zh'
import { choices, line, list, maybe, type Field, type Option } from './fields'
import type { Order, Situation } from './orders'

const names = <Name extends string>(set: Record<Name, string>) => Object.keys(set) as Name[]

const parties = ({ dispute }: Situation, which = (_: Schemas['PartyView']) => true): Option[] =>
    dispute.parties
        .filter(which)
        .map((party) => ({ value: party.id, label: `${party.name}\u2002${t(`words.part.${party.side}`)}` }))

const who: Field = { name: 'name', label: 'desk.commands.name', kind: 'line' }
const phone: Field = { name: 'phone', label: 'desk.commands.phone', kind: 'phone', isOptional: true }

/** By text message where a number is known, and on paper with what the answer tells. */
export const invite: Order = {
    fields: (at) => [
        {
            name: 'party',
            label: 'desk.commands.party',
            kind: 'choice',
            options: parties(at, (party) => party.consent === 'pending'),
        },
        { ...phone, hint: 'desk.commands.phoneHint' },
    ],
    send: (at, values, intention) => {
        const body: Schemas['InviteParty'] = { party: line(values, 'party'), phone: maybe(values, 'phone') }
        const params = { path: { id: at.dispute.id }, header: intention.header(body) }
        return ask(api.POST('/v1/disputes/{id}/invitations', { params, body }))
    },
}

const addParty: Order = {
    fields: () => [
        {
            name: 'side',
            label: 'desk.commands.side',
            kind: 'choice',
            options: choices(['applicant', 'respondent'], (one) => `words.side.${one}`),
        },
        who,
        phone,
        { name: 'address', label: 'desk.commands.address', kind: 'line', isOptional: true },
        { name: 'born', label: 'desk.commands.born', kind: 'day', isOptional: true },
        {
            name: 'role',
            label: 'desk.commands.policeRole',
            kind: 'choice',
            options: choices(names(zhWords.police), (one) => `desk.words.police.${one}`),
            isOptional: true,
        },
    ],
    send: (at, values, intention) => {
        const body: Schemas['NewParty'] = {
            side: line(values, 'side') as Schemas['Side'],
            name: line(values, 'name'),
            phone: maybe(values, 'phone'),
            address: maybe(values, 'address'),
            born_on: maybe(values, 'born'),
            role: maybe(values, 'role') as Schemas['PublicSecurityRole'] | undefined,
        }
        const params = { path: { id: at.dispute.id }, header: intention.header(body) }
        return ask(api.POST('/v1/disputes/{id}/parties', { params, body }))
    },
}

function representative(kind: Schemas['RepresentativeKind']): Order {
    return {
        fields: (at) => [
            { name: 'party', label: 'desk.commands.actsFor', kind: 'choice', options: parties(at) },
            who,
            phone,
        ],
        send: (at, values, intention) => {
            const body: Schemas['AddRepresentative'] = {
                kind,
                party: line(values, 'party'),
                name: line(values, 'name'),
                phone: maybe(values, 'phone'),
                agent_type: maybe(values, 'type') as Schemas['AgentType'] | undefined,
                powers: list(values, 'powers') as Schemas['AgentPower'][],
            }
            const params = { path: { id: at.dispute.id }, header: intention.header(body) }
            return ask(api.POST('/v1/disputes/{id}/representatives', { params, body }))
        },
    }
}

/** Read when a form opens, so that it speaks the language of that moment. */
const agentFields = (): Field[] => [
    {
        name: 'type',
        label: 'desk.commands.agentType',
        kind: 'choice',
        options: choices(names(zhWords.agent), (one) => `desk.words.agent.${one}`),
    },
    {
        name: 'powers',
        label: 'desk.commands.powers',
        kind: 'several',
        options: choices(names(zhWords.power), (one) => `desk.words.power.${one}`),
    },
]

const agent = representative('agent')

export const addPerson = {
    add_party: addParty,
    add_guardian: representative('guardian'),
    add_agent: { ...agent, fields: (at: Situation) => [...agent.fields(at), ...agentFields()] },
}
