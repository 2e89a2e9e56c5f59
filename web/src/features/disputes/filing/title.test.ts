// @vitest-environment happy-dom
import type { Schemas } from '@/api'
import { startLanguage } from '@/i18n'
import { language, type Language } from '@/i18n/language'
import words from '@/i18n/words.zh'
import { describe, expect, it } from 'vitest'
import { claimsFor } from './claims'
import { titleOf } from './title'

const CATEGORIES = Object.keys(words.category) as Schemas['Category'][]
const draft = { category: 'neighbor' as const, claims: ['把东西搬开', '赔偿'], title: '' }

describe('what a dispute is called', () => {
    it('is what its filer says', () => expect(titleOf({ ...draft, title: ' 楼道的鞋柜 ' })).toBe('楼道的鞋柜'))

    it('is its kind and the first wish, where nobody gave it a name', () => {
        expect(titleOf(draft)).toBe('邻里纠纷：把东西搬开')
        expect(titleOf({ ...draft, title: '鞋' })).toBe('邻里纠纷：把东西搬开')
        expect(titleOf({ ...draft, claims: [] })).toBe('邻里纠纷')
    })

    it.each<Language>(['zh', 'en'])('is as short as the service wants it, whatever is chosen (%s)', async (now) => {
        language.value = now
        await startLanguage()
        const titles = CATEGORIES.flatMap((category) =>
            claimsFor(category).map((claim) => titleOf({ category, claims: [claim], title: '' })),
        )
        expect(titles.filter((title) => title.length > 60)).toEqual([])
        expect(titles.length).toBeGreaterThan(CATEGORIES.length)
    })
})
