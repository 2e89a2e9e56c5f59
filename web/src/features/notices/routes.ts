import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [{ path: '/app/notices', component: () => import('./NoticesPage.vue') }]
