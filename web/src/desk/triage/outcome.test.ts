import type { Schemas } from '@/api'
import { describe, expect, it } from 'vitest'
import { foreseen, hindrance } from './outcome'

type Violation = Schemas['Violation']
const slight: Violation = { act: 'beating', cause: 'close_relations', from_civil_dispute: true, slight: true }
const given = (rest: Partial<Schemas['Findings']>) => foreseen({ venue: 'here', ...rest })

describe('what triage will lead to', () => {
    it('takes danger before everything else', () => {
        const all = { suspected_crime: true, violation: slight, prior_handling: 'court_accepted' } as const
        expect(given({ emergency: ['weapon'], ...all })).toBe('emergency_dispatch')
        expect(given(all)).toBe('criminal_procedure')
    })

    it('lets violence at home go on once police have done what comes first', () => {
        expect(given({ domestic_violence: 'indicated' })).toBe('domestic_violence_first')
        expect(given({ domestic_violence: 'protocol_done' })).toBe('people_mediation')
    })

    it('opens 治安调解 to what is slight, between people and has a ground', () => {
        expect(given({ violation: slight })).toBe('public_security')
        expect(hindrance({ ...slight, bars: ['suspect_fled'], slight: false })).toBe('barred')
        expect(hindrance({ ...slight, from_civil_dispute: false, act: 'other' })).toBe('notFromDispute')
        expect(hindrance({ ...slight, act: 'other', slight: false })).toBe('actNotListed')
        expect(hindrance({ ...slight, slight: false, cause: 'neither' })).toBe('notSlight')
        expect(hindrance({ ...slight, cause: 'neither' })).toBe('noGround')
        expect(given({ violation: { ...slight, slight: false } })).toBe('penalty_procedure')
    })

    it('leaves to others what is theirs', () => {
        expect(given({ prior_handling: 'reserved', venue: 'elsewhere' })).toBe('reject')
        expect(given({ venue: 'elsewhere' })).toBe('other_venue')
        expect(given({})).toBe('people_mediation')
    })
})
