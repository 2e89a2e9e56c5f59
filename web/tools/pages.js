// Which page answers which address, in development and in the preview as with the server.

/** The document for an address, or null where it is no page of ours. */
function pageOf(path) {
    if (path === '/' || /^\/app(\/|$)/.test(path)) return 'index.html'
    if (/^\/i\//.test(path)) return 'i.html'
    if (/^\/desk(\/|$)/.test(path)) return 'desk.html'
    return null
}

/** @returns {import('vite').Plugin} */
export function pages() {
    const rewrite = (request, _, next) => {
        const [path, query] = request.url.split('?')
        const page = pageOf(path)
        if (page) request.url = `/${page}${query ? `?${query}` : ''}`
        next()
    }
    return {
        name: 'pages',
        configureServer: (server) => void server.middlewares.use(rewrite),
        configurePreviewServer: (server) => void server.middlewares.use(rewrite),
    }
}
