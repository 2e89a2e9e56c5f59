import { defineConfig } from 'vitest/config'

// One after the other: they share a browser and two processor cores. What the stories do would change the screens that
// are looked at: each of the two has a server of its own.
const project = (name: string, include: string) => ({
    extends: true as const,
    test: { name, include: [include], globalSetup: ['e2e/setup.ts'] },
})

export default defineConfig({
    test: {
        root: new URL('..', import.meta.url).pathname,
        projects: [project('stories', 'e2e/*.e2e.ts'), project('looks', 'e2e/looks/*.e2e.ts')],
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        reporters: ['verbose'],
    },
})
