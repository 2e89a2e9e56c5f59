import { beginKiosk } from '@/device/kiosk'
import { language, speak } from '@/i18n/language'
import { stayAway } from '@/ui/exit'
import { applyPreferences } from '@/ui/preferences'
import '@/ui/tokens.css'
import '@/ui/base.css'
import { createApp } from 'vue'
import InvitationPage from './InvitationPage.vue'

stayAway()
await beginKiosk()
applyPreferences()
speak(language.value)
const token = location.pathname.split('/').filter(Boolean).at(-1) ?? ''
createApp(InvitationPage, { token }).mount('#app')
