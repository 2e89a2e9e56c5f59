import type { Texts } from '@/i18n/types'
import type zh from './zh'

const evidence: Texts<typeof zh> = {
    title: 'Photos and files',
    hint: 'Hand in whatever shows what happened.',
    limits: 'Photos, sound and documents up to 20 MB each, films 200 MB. Large photos are made smaller.',
    photoLimits: 'Photos up to 20 MB each; large ones are made smaller.',
    camera: 'Take a photo',
    gallery: 'Choose photos',
    file: 'Choose files',
    copying: 'Being kept on this phone…',
    refused: {
        kind: 'This kind is not taken. Choose a photo, PDF, Word, MP4 or M4A.',
        size: 'It is too large. Choose a smaller one.',
        empty: 'It is empty. Choose another one.',
    },
    kinds: { photo: 'photo', pdf: 'PDF', word: 'Word document', film: 'film', sound: 'sound' },
    sending: 'Sending',
    waiting: 'Kept on this phone. It goes on when there is a network.',
    kept: 'Kept on this phone, about to be sent.',
    drop: 'Do not send it',
    none: 'No photos or files yet',
    noneHint: 'A photo helps the mediator to understand.',
    yours: 'handed in by you',
    onlySide: 'Only your side and the mediators see it.',
    onlyTheirs: 'Only the side that handed it in and the mediators see it.',
    forAll: 'Everybody sees it.',
    share: 'Show it to the other side',
    shareHint: 'Once shown, it cannot be taken back.',
    sharing: 'The other side will see {name}.',
    look: 'Open it',
    save: 'Save it',
    handedIn: 'Handed in {time}',
}
export default evidence
