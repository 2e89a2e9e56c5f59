import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/sign-in', component: () => import('./SignInPage.vue'), meta: { open: true } },
    { path: '/app/staff-sign-in', component: () => import('./StaffSignInPage.vue'), meta: { open: true } },
    { path: '/app/me', component: () => import('./MePage.vue') },
]
