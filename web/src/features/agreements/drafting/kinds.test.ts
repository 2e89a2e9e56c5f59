import { describe, expect, it } from 'vitest'
import { newClause } from './form'
import { askedOf } from './kinds'

const asked = (change: Partial<ReturnType<typeof newClause>>) => askedOf({ ...newClause(), ...change })

describe('a clause', () => {
    it('about money is asked for a sum and never lasts', () => {
        expect(asked({ topic: 'compensation' })).toMatchObject({ needsMoney: true, limits: ['at_once', 'by'] })
        expect(asked({ topic: 'other' })).toMatchObject({ money: true, needsMoney: false })
        expect(asked({ topic: 'other', mode: 'cash' }).needsMoney).toBe(true)
    })

    it('that promises something is not asked for a sum, nor for whom where it goes on', () => {
        expect(asked({ topic: 'undertaking' })).toMatchObject({ money: false, limits: ['standing', 'by'] })
        expect(asked({ topic: 'undertaking', limit: 'standing' }).needsBeneficiary).toBe(false)
        expect(asked({ topic: 'undertaking', limit: 'by' }).needsBeneficiary).toBe(true)
    })

    it('shows whatever was written before, fitting or not', () => {
        const written = asked({ topic: 'undertaking', yuan: '500', mode: 'cash', limit: 'at_once' })
        expect(written.money).toBe(true)
        expect(written.modes).toContain('cash')
        expect(written.limits).toContain('at_once')
    })
})
