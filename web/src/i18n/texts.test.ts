import deskEn from '@/desk/en'
import deskZh from '@/desk/zh'
import pageEn from '@/features/invitations/page/en'
import pageZh from '@/features/invitations/page/zh'
import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh'

const LONGEST_SENTENCE = 25

function flat(texts: object, path = ''): [string, string][] {
    return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
        typeof value === 'string' ? [[path + key, value]] : flat(value as object, `${path}${key}.`),
    )
}

const chinese = new Map(flat({ ...zh, desk: deskZh, invitation: pageZh }))
const english = new Map(flat({ ...en, desk: deskEn, invitation: pageEn }))
const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('texts', () => {
    it('are there in both languages, with the same slots', () => {
        expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
        for (const [key, text] of chinese) expect([key, slots(english.get(key) ?? '')]).toEqual([key, slots(text)])
    })

    it('are short sentences in Chinese', () => {
        const sentences = [...chinese].flatMap(([key, text]) =>
            text.split(/[。\uff1f\uff01]/).map((sentence) => [key, sentence]),
        )
        const long = sentences.filter(([, sentence = '']) => sentence.replace(/\{\w+\}/g, '').length > LONGEST_SENTENCE)
        expect(long).toEqual([])
    })

    it('have the marks of the language that they are in', () => {
        expect([...chinese].filter(([, text]) => /[\u4e00-\u9fff][,:;?!()]|[(][\u4e00-\u9fff]/.test(text))).toEqual([])
        expect([...english].filter(([, text]) => /[\u3000-\u303f\uff00-\uffef]/.test(text))).toEqual([])
    })
})
