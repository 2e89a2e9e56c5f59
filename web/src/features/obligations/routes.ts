import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/disputes/:id/obligations', component: () => import('./ObligationsPage.vue'), props: true },
]
