import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/disputes/:id/agreement', component: () => import('./AgreementPage.vue'), props: true },
]
