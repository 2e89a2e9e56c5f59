import { keepLanguage, language } from '@/i18n/language'
import { applyPreferences } from '@/ui/preferences'
import '@/ui/tokens.css'
import '@/ui/base.css'
import { createApp } from 'vue'
import InvitationPage from './InvitationPage.vue'

applyPreferences()
keepLanguage(language.value)
const token = location.pathname.split('/').filter(Boolean).at(-1) ?? ''
createApp(InvitationPage, { token }).mount('#app')
