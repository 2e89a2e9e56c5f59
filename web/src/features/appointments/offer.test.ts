import type { Schemas } from '@/api'
import { describe, expect, it } from 'vitest'
import { isOffered, rolesFor } from './offer'

const dispute = (more: Partial<Schemas['DisputeView']>) =>
    ({ status: 'matching', committee: 'com_1', neutrals: [], ...more }) as unknown as Schemas['DisputeView']
const me = (role: Schemas['Role']) => ({ account: 'acc_1', role }) as Schemas['Me']
const appointed = (committee: string) => [{ account: 'acc_1', committee }] as unknown as Schemas['MediatorView'][]
const taken = (part: string) => [{ part }] as unknown as Schemas['NeutralView'][]

describe('what somebody may be in a dispute', () => {
    it('is a mediator where the committee appointed them', () => {
        expect(rolesFor(dispute({}), me('peoples_mediator'), appointed('com_1'))).toEqual(['mediator', 'co_mediator'])
        expect(rolesFor(dispute({}), me('peoples_mediator'), appointed('com_2'))).toEqual([])
    })

    it('is a second mediator where there is one', () => {
        const at = dispute({ neutrals: taken('mediator') })
        expect(rolesFor(at, me('peoples_mediator'), appointed('com_1'))).toEqual(['co_mediator'])
    })

    it('is the lawyer, once', () => {
        expect(rolesFor(dispute({}), me('lawyer'), [])).toEqual(['invited_lawyer'])
        expect(rolesFor(dispute({ neutrals: taken('invited_lawyer') }), me('lawyer'), [])).toEqual([])
    })

    it('is nothing yet for whom it is offered alone', () => {
        expect(isOffered({ your_parts: ['candidate'] })).toBe(true)
        expect(isOffered({ your_parts: ['candidate', 'filer'] })).toBe(false)
        expect(isOffered({ your_parts: [] })).toBe(false)
    })
})
