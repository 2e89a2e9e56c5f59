import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/stations', component: () => import('./FindStationPage.vue'), meta: { open: true } },
]
