import type { Texts } from '@/i18n/types'
import type zh from './zh'

const stations: Texts<typeof zh> = {
    title: 'Find a station’s number',
    search: 'Name of your community or village',
    searchHint: 'Two or three characters will do.',
    find: 'Find',
    none: 'Nothing was found',
    noneHint: 'Try other characters.',
    remember: 'Remember this station',
    remembered: '{name} is remembered',
    inCharge: '{station} is in charge of {community}.',
}
export default stations
