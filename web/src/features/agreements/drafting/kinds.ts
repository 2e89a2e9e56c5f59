import type { Schemas } from '@/api'
import type { ClauseForm } from './form'

type Topic = Schemas['ClauseTopic']
type Mode = Schemas['PerformanceMode']
type Limit = Schemas['TimeLimit']['kind']

interface Kind {
    modes: readonly Mode[]
    limits: readonly Limit[]
    /** Whether it may be about a sum at all. */
    money: boolean
}

const IN_MONEY: readonly Mode[] = ['cash', 'bank_transfer', 'mobile_payment']
const IN_DEEDS: readonly Mode[] = ['in_person', 'in_writing', 'delivery', 'act', 'forbearance']
const LIMITS: readonly Limit[] = ['at_once', 'by', 'standing']
const ANYTHING: Kind = { modes: [...IN_MONEY, 'through_mediators', ...IN_DEEDS], limits: LIMITS, money: true }

const KINDS: Record<Topic, Kind> = {
    // A sum without a day could never be late, so it is no lasting promise.
    compensation: { modes: [...IN_MONEY, 'through_mediators'], limits: ['at_once', 'by'], money: true },
    apology: { modes: ['in_person', 'in_writing', 'act'], limits: ['at_once', 'by'], money: false },
    undertaking: { modes: ['forbearance', 'act', 'in_writing', 'delivery'], limits: ['standing', 'by'], money: false },
    performance_mode: ANYTHING,
    other: ANYTHING,
}

/** What fits, and what was chosen before: nothing disappears that is sent. */
const withChosen = <One extends string>(fitting: readonly One[], chosen: One | ''): One[] =>
    chosen === '' || fitting.includes(chosen) ? [...fitting] : [...fitting, chosen]

/** What to ask for in a clause of this kind. */
export function askedOf({ topic, mode, limit, yuan }: ClauseForm) {
    const kind = KINDS[topic]
    const isInMoney = topic === 'compensation' || (mode !== '' && IN_MONEY.includes(mode))
    return {
        modes: withChosen(kind.modes, mode),
        limits: withChosen(kind.limits, limit),
        money: kind.money || isInMoney || yuan.trim() !== '',
        needsMoney: isInMoney,
        needsBeneficiary: limit !== 'standing' || isInMoney || yuan.trim() !== '',
    }
}
