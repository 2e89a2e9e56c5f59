import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
    { path: '/app/disputes/:dispute/rooms/:room', component: () => import('./RoomPage.vue'), props: true },
]
