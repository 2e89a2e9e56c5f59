import { beginResending } from '@/api/resend'
import { beginKiosk } from '@/device/kiosk'
import { live } from '@/live/live'
import { i18n, startLanguage } from '@/i18n'
import { stayAway } from '@/ui/exit'
import { applyPreferences } from '@/ui/preferences'
import '@/ui/tokens.css'
import '@/ui/vant.css'
import '@/ui/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'

stayAway()
await beginKiosk()
applyPreferences()
await startLanguage()
live.begin()
await beginResending()
createApp(App).use(i18n).use(router).mount('#app')
// What was kept without a network goes on; the first screen does not wait for it.
void import('@/features/disputes/filing/sender').then(({ beginSending }) => beginSending())
