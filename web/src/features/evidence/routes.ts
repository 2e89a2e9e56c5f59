import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/disputes/:id/evidence', component: () => import('./EvidencePage.vue'), props: true },
]
