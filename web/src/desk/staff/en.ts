import type { Texts } from '@/i18n/types'
import type zh from './zh'

const staff: Texts<typeof zh> = {
    title: 'Staff accounts',
    none: 'No accounts yet',
    noneHint: 'Make the first one below.',
    enrolled: 'in use',
    notEnrolled: 'not enrolled yet',
    disabled: 'disabled',
    disable: 'Disable',
    enable: 'Enable',
    code: 'Issue an enrolment code',
    codeIs: 'Enrolment code: {code}',
    codeHint: 'Shown this once. Hand it over in person. Good until {time}.',
    add: 'Make an account',
    username: 'User name',
    role: 'Role',
    station: 'Number of the station',
    committee: 'Committee',
    create: 'Make it',
    created: 'It is made. Now issue an enrolment code.',
    audit: 'Audit',
    auditNone: 'Nothing recorded',
    auditHint: 'Look at another account or object.',
    account: 'Number of the account',
    object: 'Number of the object',
    search: 'Look',
    when: 'When',
    who: 'Who',
    what: 'What',
    outcome: 'Outcome',
}
export default staff
