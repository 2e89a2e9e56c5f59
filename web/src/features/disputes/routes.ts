import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app', component: () => import('./DisputesPage.vue') },
    { path: '/app/disputes/:id', component: () => import('./DisputePage.vue'), props: true },
]
