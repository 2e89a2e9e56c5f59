import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/disputes/:id/agreement', component: () => import('./AgreementPage.vue'), props: true },
    { path: '/app/disputes/:id/agreement/draft', component: () => import('./drafting/DraftPage.vue'), props: true },
]
