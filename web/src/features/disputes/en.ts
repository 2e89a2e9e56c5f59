import type { Texts } from '@/i18n/types'
import type zh from './zh'

const disputes: Texts<typeof zh> = {
    mine: 'My disputes',
    none: 'You have no dispute here',
    noneHint: 'If you want mediation, tap “I want mediation”.',
    helpsNone: 'You take part in no dispute yet',
    helpsNoneHint: 'Tap above to see which ones wait for somebody.',
    changed: 'Last change: {time}',
    youAre: 'You are: {parts}',
    about: 'What happened',
    claims: 'What is asked for',
    people: 'Who takes part',
    rooms: 'Where to talk',
    roomsHint: 'Talk at any hour; others answer when they see it.',
    noRooms: 'You can talk here once the station has taken it up.',
    unread: '{count} unread',
    joint: 'All together',
    caucus: 'In private',
    neutrals: 'Mediators only',
    agreed: 'agreed to mediation',
    notYet: 'has not answered',
    declined: 'declined mediation',
    happenedAt: 'Happened: {time}',
    agreement: 'Agreement and signing',
    promises: 'What was promised',
    files: 'Photos and files',
    place: 'Place: {place}',
}
export default disputes
