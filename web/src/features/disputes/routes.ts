import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app', component: () => import('./DisputesPage.vue') },
    { path: '/app/file', component: () => import('./filing/WhatPage.vue'), meta: { open: true } },
    { path: '/app/file/who', component: () => import('./filing/WhoPage.vue'), meta: { open: true } },
    { path: '/app/file/law', component: () => import('./filing/LawPage.vue'), meta: { open: true } },
    { path: '/app/file/tell', component: () => import('./filing/TellPage.vue'), meta: { open: true } },
    { path: '/app/file/sent', component: () => import('./filing/SentPage.vue'), meta: { open: true } },
    { path: '/app/disputes/:id', component: () => import('./DisputePage.vue'), props: true },
]
