import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'
import { VitePWA } from 'vite-plugin-pwa'
import { pages } from './tools/pages.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const api = process.env.ALA_API ?? 'http://127.0.0.1:8080'

// Chunks have names so that the precache can leave out what a resident's phone never needs.
const library = (name: string, test: RegExp, priority: number) => ({ name, test, priority })
const groups = [
    library('desk-echarts', /node_modules\/(v?ue-echarts|echarts|zrender)\//, 60),
    library('media-livekit', /node_modules\/(livekit-client|@livekit)\//, 60),
    library('vue', /node_modules\/(@vue\/(runtime|reactivity|shared)|vue\/)/, 50),
    library('i18n', /node_modules\/(vue-i18n|@intlify)\//, 40),
    library('router', /node_modules\/vue-router\//, 40),
]

export default defineConfig({
    plugins: [
        vue(),
        components({ dirs: [], dts: false, resolvers: [VantResolver()] }),
        pages(),
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
                    { src: '/icon-maskable.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
                ],
            },
            workbox: {
                globPatterns: ['index.html', 'assets/*.{js,css}', '*.svg'],
                globIgnores: ['assets/{desk,media,invitation,naive}*'],
                navigateFallback: '/index.html',
                navigateFallbackAllowlist: [/^\/$/, /^\/app(\/|$)/],
            },
        }),
    ],
    resolve: { alias: { '@': here('./src') } },
    build: {
        target: 'es2022',
        rolldownOptions: {
            input: { app: here('./index.html'), invitation: here('./i.html'), desk: here('./desk.html') },
            output: { codeSplitting: { groups } },
        },
    },
    server: { proxy: { '/v1': { target: api, ws: true }, '/health': api, '/demo': api } },
    test: { include: ['src/**/*.test.ts'], environment: 'node', server: { deps: { inline: ['vant'] } } },
})
