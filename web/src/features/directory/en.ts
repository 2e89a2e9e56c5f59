import type { Texts } from '@/i18n/types'
import type zh from './zh'

const directory: Texts<typeof zh> = {
    title: 'Skills and kin',
    door: 'My skills and kin',
    skills: 'What I am good at',
    skillsHint: 'The parties see it when they choose somebody.',
    specialities: 'Kinds of disputes',
    languages: 'Languages (with spaces between)',
    dialects: 'Dialects (with spaces between)',
    save: 'Save',
    saved: 'Saved.',
    kin: 'My close kin',
    kinHint: 'Only for finding relations to a dispute; nobody else sees it.',
    kinNone: 'Nobody yet. You are never asked to mediate among those you name.',
    kinName: 'Name',
    kinPhone: 'Mobile number',
    kinRelation: 'Is your',
    kinAdd: 'Add somebody',
    kinRemove: 'Remove {name}',
    kinNumber: 'Person {number}',
    relation: {
        spouse: 'spouse',
        parent: 'parent',
        child: 'child',
        sibling: 'brother or sister',
        grandparent: 'grandparent',
        grandchild: 'grandchild',
        in_law: 'in-law',
        other: 'other kin',
    },
}
export default directory
