import { beginResending } from '@/api/resend'
import { addTexts, i18n, startLanguage } from '@/i18n'
import { live } from '@/live/live'
import { stayAway } from '@/ui/exit'
import { applyPreferences } from '@/ui/preferences'
import '@/ui/tokens.css'
import '@/ui/base.css'
import './desk.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import zh from './zh'

stayAway()
applyPreferences()
addTexts({ desk: zh }, async () => ({ default: { desk: (await import('./en')).default } }))
await startLanguage()
live.begin()
await beginResending()
createApp(App).use(i18n).use(router).mount('#app')
