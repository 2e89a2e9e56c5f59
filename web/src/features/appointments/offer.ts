import type { Schemas } from '@/api'

type Role = Schemas['AppointmentRole']
type Dispute = Schemas['DisputeView']

/** Those who may take part in disputes of others. */
export const helps = (role: Schemas['Role'] | undefined) => role === 'lawyer' || role === 'peoples_mediator'

/** Offered to somebody who has no part in it yet. */
export const isOffered = ({ your_parts }: Pick<Dispute, 'your_parts'>) =>
    your_parts.length === 1 && your_parts[0] === 'candidate'

/** As what somebody may take a dispute on; the service decides. */
export function rolesFor(dispute: Dispute, me: Schemas['Me'], mediators: Schemas['MediatorView'][]): Role[] {
    const isTaken = (role: Role) => dispute.neutrals.some((neutral) => neutral.part === role)
    const isAppointed = mediators.some((one) => one.account === me.account && one.committee === dispute.committee)
    const roles: Role[] = []
    if (isAppointed && dispute.status === 'matching' && !isTaken('mediator')) roles.push('mediator')
    if (isAppointed) roles.push('co_mediator')
    if (me.role === 'lawyer' && !isTaken('invited_lawyer')) roles.push('invited_lawyer')
    return roles
}
