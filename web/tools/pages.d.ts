import type { Plugin } from 'vite'
export function pageOf(path: string): string | null
export function pages(): Plugin
