import type { EntryBody } from '@/live/frames'
import { t } from '@/i18n'

/** What was said, in words, also where it is a picture or a card. */
export function plainText(body: EntryBody): string {
    switch (body.kind) {
        case 'text':
            return body.text
        case 'quick_phrase':
            return t(`words.phrase.${body.phrase}`)
        case 'system':
            return notice(body)
        case 'card':
            return body.reply
                ? t('rooms.answered', { reply: t(`words.reply.${body.reply}`) })
                : t('rooms.cardWith', { card: t(`words.card.${body.card}`), subject: body.subject })
        case 'image':
            return body.caption ?? ''
        case 'voice':
            return body.transcript ?? ''
    }
}

function notice({ notice, detail }: Extract<EntryBody, { kind: 'system' }>): string {
    const text = t(`words.notice.${notice}`)
    return detail ? t('rooms.noticeWith', { notice: text, detail }) : text
}
