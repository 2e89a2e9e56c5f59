import { session } from '@/features/accounts/session'
import { routes as accounts } from '@/features/accounts/routes'
import { routes as agreements } from '@/features/agreements/routes'
import { routes as appointments } from '@/features/appointments/routes'
import { routes as directory } from '@/features/directory/routes'
import { routes as disputes } from '@/features/disputes/routes'
import { routes as evidence } from '@/features/evidence/routes'
import { routes as notices } from '@/features/notices/routes'
import { routes as obligations } from '@/features/obligations/routes'
import { routes as rooms } from '@/features/rooms/routes'
import { routes as sessions } from '@/features/sessions/routes'
import { routes as stations } from '@/features/stations/routes'
import { createRouter, createWebHistory } from 'vue-router'

declare module 'vue-router' {
    interface RouteMeta {
        /** Needs nobody signed in. */
        open?: boolean
    }
}

export const router = createRouter({
    history: createWebHistory(),
    routes: [
        { path: '/', redirect: '/app' },
        ...accounts,
        ...agreements,
        ...appointments,
        ...directory,
        ...disputes,
        ...evidence,
        ...notices,
        ...obligations,
        ...rooms,
        ...sessions,
        ...stations,
        { path: '/:rest(.*)*', component: () => import('./NotFoundPage.vue'), meta: { open: true } },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach((to) => {
    if (to.meta.open || session.value) return true
    return { path: '/app/sign-in', query: to.path === '/app' ? {} : { then: to.fullPath } }
})
