import type { Schemas } from '@/api'
import { me } from '@/features/accounts/session'
import { afterEach, describe, expect, it } from 'vitest'
import { partWord } from './part_word'

const as = (role: Schemas['Role']) => (me.value = { role } as Schemas['Me'])
afterEach(() => (me.value = null))

describe('what somebody is called', () => {
    it('is how they stand to a resident', () => {
        as('resident')
        expect(partWord('respondent', ['applicant'])).toBe('对方')
        expect(partWord('applicant', ['applicant'])).toBe('您这一方')
        expect(partWord('respondent', ['agent'])).toBe('被请来的一方')
        expect(partWord('mediator', ['applicant'])).toBe('调解员')
    })

    it('is the term of the field to whoever works in it', () => {
        as('peoples_mediator')
        expect(partWord('respondent', ['mediator'])).toBe('被申请人')
    })
})
