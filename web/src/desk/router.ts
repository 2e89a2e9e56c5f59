import { session } from '@/features/accounts/session'
import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
    history: createWebHistory(),
    routes: [
        { path: '/desk', component: () => import('./lists/DisputesPage.vue') },
        { path: '/desk/disputes/:id', component: () => import('./file/DisputeFilePage.vue'), props: true },
        { path: '/desk/filing', component: () => import('./filing/FilePage.vue') },
        { path: '/desk/late', component: () => import('./lists/LatePage.vue') },
        { path: '/desk/approvals', component: () => import('./approvals/ApprovalsPage.vue') },
        { path: '/desk/notices', component: () => import('./notices/NoticesPage.vue') },
        { path: '/desk/visits', component: () => import('./visits/VisitsPage.vue') },
        { path: '/desk/sign-in', component: () => import('./SignInPage.vue'), meta: { open: true } },
        { path: '/:rest(.*)*', redirect: '/desk' },
    ],
})

router.beforeEach((to) => {
    if (to.meta.open || session.value) return true
    return { path: '/desk/sign-in', query: to.path === '/desk' ? {} : { then: to.fullPath } }
})
