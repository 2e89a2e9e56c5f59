import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [{ path: '/app/me/practice', component: () => import('./PracticePage.vue') }]
