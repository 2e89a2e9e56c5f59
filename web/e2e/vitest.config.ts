import { defineConfig } from 'vitest/config'

// One after the other: they share a server, a browser and two processor cores.
export default defineConfig({
    test: {
        root: new URL('..', import.meta.url).pathname,
        include: ['e2e/**/*.e2e.ts'],
        globalSetup: ['e2e/setup.ts'],
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        reporters: ['verbose'],
    },
})
