import { isKiosk } from '@/device/kiosk'
import { storage } from '@/device/storage'
import { ref, watchEffect } from 'vue'

const ELDER = 'ala.elder'

/** 长辈版: larger text and targets. A switch, not another app; on a shared device it is on to begin with. */
export const elder = ref((storage.get(ELDER) ?? (isKiosk() ? '1' : '0')) === '1')
export const isDark = ref(false)

export function keepElder(value: boolean) {
    elder.value = value
    storage.set(ELDER, value ? '1' : '0')
}

/** Puts both on the document, where the style sheet finds them. */
export function applyPreferences() {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const look = () => (isDark.value = dark.matches)
    look()
    dark.addEventListener('change', look)
    watchEffect(() => {
        document.documentElement.toggleAttribute('data-elder', elder.value)
        document.documentElement.toggleAttribute('data-dark', isDark.value)
    })
}
