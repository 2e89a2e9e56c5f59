import type { Texts } from '@/i18n/types'
import type zh from './zh'

const filing: Texts<typeof zh> = {
    title: 'File for somebody',
    intro: 'Somebody came to the counter or called 110, and you fill it in for them.',
    matter: 'What it is about, in one line',
    source: 'How it came in',
    category: 'Category',
    community: 'Community or village',
    communityHint: 'Type some letters, then choose.',
    narrative: 'What happened',
    claims: 'What they want, one on each line',
    happened: 'When it happened',
    place: 'Where',
    applicant: 'Applicant',
    respondent: 'Respondent',
    file: 'Keep as a draft and look again',
    kept: 'What you write is kept on this device.',
}
export default filing
