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

export function keepLanguage(value: Language) {
    language.value = value
    storage.set(KEY, value)
    document.documentElement.lang = tag(value)
}

export const tag = (value: Language) => (value === 'zh' ? 'zh-CN' : 'en')
