import { api, ask } from '@/api'
import type { Schemas } from '@/api'
import { t } from '@/i18n'
import zhWords from '../words/zh'
import { choices, line, type Field, type Option } from './fields'
import type { Order, Situation } from './orders'

const ROLES = Object.keys(zhWords.seat) as Schemas['AppointmentRole'][]
const NUMBER = 'number'

/** A colleague whom no list of the service names: by the number that stands below their own name at the desk. */
const number: Field = {
    name: NUMBER,
    label: 'desk.commands.number',
    kind: 'line',
    isOptional: true,
    hint: 'desk.commands.numberHint',
}

const isHost = ({ role }: Schemas['Me']) => role === 'officer' || role === 'station_leader'

/** Whom the directory names for this dispute; who has a conflict is told when they are named. */
function candidates({ dispute, me, mediators, lawyers }: Situation): Option[] {
    const suits = (one: { specialities: string[] }) => one.specialities.includes(dispute.category)
    const note = (one: { specialities: string[] }) => (suits(one) ? `\u2002${t('desk.commands.suits')}` : '')
    const myself = isHost(me) ? [{ value: me.account, label: t('desk.commands.myself', { name: me.name }) }] : []
    const isPolice = dispute.track === 'public_security'
    const ours = mediators.filter((one) => !isPolice && one.committee === dispute.committee)
    const first = <One extends { specialities: string[] }>(all: One[]) =>
        [...all].sort((a, b) => Number(suits(b)) - Number(suits(a)))
    return [
        ...(isPolice ? myself : []),
        ...first(ours).map((one) => ({
            value: one.account,
            label: `${one.name}\u2002${one.committee_name}${note(one)}`,
        })),
        ...first(lawyers.filter((one) => one.may_practise)).map((one) => ({
            value: one.account,
            label: `${one.name}\u2002${one.firm_name}${note(one)}`,
        })),
    ]
}

export const appoint: Order = {
    fields: (at) => [
        {
            name: 'role',
            label: 'desk.commands.seat',
            kind: 'choice',
            options: choices(ROLES, (one) => `desk.words.seat.${one}`),
        },
        {
            name: 'account',
            label: 'desk.commands.candidate',
            kind: 'person',
            options: candidates(at),
            isOptional: at.dispute.track === 'public_security',
            hint: at.dispute.track === 'public_security' ? 'desk.commands.policeHost' : 'desk.commands.conflicts',
        },
        ...(at.dispute.track === 'public_security' ? [number] : []),
    ],
    send: (at, values, intention) => {
        const body: Schemas['AppointNeutral'] = {
            account: line(values, NUMBER) || line(values, 'account'),
            role: line(values, 'role') as Schemas['AppointmentRole'],
        }
        const params = { path: { id: at.dispute.id }, header: intention.header(body) }
        return ask(api.POST('/v1/disputes/{id}/appointments', { params, body }))
    },
}

export const handOver: Order = {
    fields: ({ me, dispute }) => [
        ...(dispute.your_parts.includes('owner')
            ? [{ ...number, isOptional: false }]
            : [
                  {
                      name: 'account',
                      label: 'desk.commands.newOwner' as const,
                      kind: 'choice' as const,
                      options: [{ value: me.account, label: t('desk.commands.myself', { name: me.name }) }],
                      isOptional: true,
                  },
                  number,
              ]),
        { name: 'reason', label: 'desk.commands.reason', kind: 'line' },
    ],
    send: (at, values, intention) => {
        const body: Schemas['HandOver'] = {
            to: line(values, NUMBER) || line(values, 'account'),
            reason: line(values, 'reason'),
        }
        const params = { path: { id: at.dispute.id }, header: intention.header(body) }
        return ask(api.POST('/v1/disputes/{id}/hand-over', { params, body }))
    },
}
