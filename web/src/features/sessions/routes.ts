import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/sessions', component: () => import('./TodayPage.vue') },
    { path: '/app/disputes/:dispute/sessions/plan', component: () => import('./PlanPage.vue'), props: true },
    { path: '/app/disputes/:dispute/sessions/:id', component: () => import('./SessionPage.vue'), props: true },
    { path: '/app/disputes/:dispute/sessions/:id/check', component: () => import('./CheckPage.vue'), props: true },
    { path: '/app/disputes/:dispute/sessions/:id/call', component: () => import('./CallPage.vue'), props: true },
]
