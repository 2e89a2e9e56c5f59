import { storage } from '@/device/storage'
import { ref } from 'vue'

export type Language = 'zh' | 'en'

const KEY = 'ala.language'

/** Chinese unless somebody chose otherwise, here or in the address. */
function first(): Language {
    const asked = new URLSearchParams(globalThis.location?.search ?? '').get('lang')
    return (asked ?? storage.get(KEY)) === 'en' ? 'en' : 'zh'
}

export const language = ref<Language>(first())

/** Says what language the document is in: to fonts, and to those who have it read out. */
export function speak(value: Language) {
    language.value = value
    document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en'
}

export function keepLanguage(value: Language) {
    speak(value)
    storage.set(KEY, value)
}
