import type { Texts } from '@/i18n/types'
import type zh from './zh'

const triage: Texts<typeof zh> = {
    order: 'Asked in the order of the law; the first that applies decides.',
    yes: 'Yes',
    no: 'No',
    emergency: 'Is there danger now',
    crime: 'Is a crime suspected',
    violence: 'Is there domestic violence',
    violation: 'Is there a violation of public security',
    prior: 'Is it handled elsewhere already',
    venue: 'Where the dispute is',
    act: 'What was done',
    civil: 'Did it arise from a dispute between people',
    slight: 'Is it slight',
    cause: 'Why it is fit for mediation',
    bars: 'What closes it to mediation',
    leads: 'This leads to:',
    barred: 'Something closes it to public security mediation.',
    notFromDispute: 'It did not arise from a dispute between people.',
    actNotListed: 'This kind of act is not open to mediation.',
    notSlight: 'It is not slight.',
    noGround: 'None of the three grounds for mediation is given.',
    then: {
        emergency_dispatch: 'Police go first; triage goes on when it is safe.',
        criminal_procedure: 'It is not mediated but goes to criminal procedure.',
        domestic_violence_first: 'Police act first; triage goes on afterwards.',
        public_security: 'Invitations go out; it starts when all agree.',
        penalty_procedure: 'It is not mediated; the law takes its course.',
        reject: 'It is not taken once a leader has approved that.',
        other_venue: 'The parties are told where to go.',
        people_mediation: 'Invitations go out; then a mediator is found.',
    },
}
export default triage
