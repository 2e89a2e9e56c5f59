import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import components from 'unplugin-vue-components/vite'
import { VitePWA, type VitePWAOptions } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { pages } from './tools/pages.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const api = process.env.ALA_API ?? 'http://127.0.0.1:8080'

const library = (name: string, test: RegExp) => ({ name, test })
const groups = [
    library('desk-echarts', /node_modules\/(vue-echarts|echarts|zrender)\//),
    library('media-livekit', /node_modules\/(livekit-client|@livekit)\//),
    library('vue', /node_modules\/(@vue\/(runtime|reactivity|shared)|vue\/)/),
    library('i18n', /node_modules\/(vue-i18n|@intlify)\//),
    library('router', /node_modules\/vue-router\//),
]

// By name the precache leaves out what a resident's phone never needs.
function chunkName({ moduleIds }: { moduleIds: string[] }) {
    const isDesk = moduleIds.some((id) => /node_modules\/naive-ui\/|\/src\/desk\//.test(id))
    return isDesk ? 'assets/desk-[name]-[hash].js' : 'assets/[name]-[hash].js'
}

type ManifestTransform = NonNullable<VitePWAOptions['workbox']['manifestTransforms']>[number]

const pageByAddress: ManifestTransform = (entries) => ({
    manifest: entries.map((entry) => (entry.url === 'index.html' ? { ...entry, url: '/app' } : entry)),
    warnings: [],
})

/** What a resident's phone keeps, so that the app opens without a network. */
const phoneApp = () =>
    VitePWA({
        registerType: 'prompt',
        manifest: {
            name: '阿拉调解',
            short_name: '阿拉调解',
            lang: 'zh-CN',
            start_url: '/app',
            scope: '/',
            display: 'standalone',
            background_color: '#f7f4ee',
            theme_color: '#0f5a5c',
            icons: [
                { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
                { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'maskable' },
                { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
            ],
        },
        workbox: {
            globPatterns: ['index.html', 'assets/*.{js,css}', 'icon.svg'],
            globIgnores: ['assets/{desk,media,invitation}*'],
            // The server knows a page by its address alone.
            manifestTransforms: [pageByAddress],
            navigateFallback: '/app',
            navigateFallbackAllowlist: [/^\/$/, /^\/app(\/|$)/],
        },
    })

// The invitation is built by itself: sharing chunks with the app would double what it loads.
const inputs = (mode: string): Record<string, string> =>
    mode === 'invitation' ? { invitation: here('./i.html') } : { app: here('./index.html'), desk: here('./desk.html') }

export default defineConfig(({ mode }) => ({
    plugins: [
        vue(),
        components({ dirs: [], dts: false, resolvers: [VantResolver()] }),
        pages(),
        ...(mode === 'invitation' ? [] : [phoneApp()]),
    ],
    resolve: { alias: { '@': here('./src') } },
    define: {
        __VUE_OPTIONS_API__: false,
        __VUE_I18N_LEGACY_API__: false,
        __VUE_I18N_FULL_INSTALL__: false,
    },
    build: {
        target: 'es2022',
        emptyOutDir: mode !== 'invitation',
        rolldownOptions: {
            input: inputs(mode),
            output: mode === 'invitation' ? {} : { codeSplitting: { groups }, chunkFileNames: chunkName },
        },
    },
    // The live socket is for pages of the service's own origin; here they come from another port.
    server: { proxy: { '/v1': { target: api, ws: true, rewriteWsOrigin: true }, '/health': api, '/demo': api } },
    test: { include: ['src/**/*.test.ts'], environment: 'node', server: { deps: { inline: ['vant'] } } },
}))
