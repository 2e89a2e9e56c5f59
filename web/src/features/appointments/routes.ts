import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/offers', component: () => import('./OffersPage.vue') },
    { path: '/app/offers/:id', component: () => import('./OfferPage.vue'), props: true },
]
