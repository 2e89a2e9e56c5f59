import type { GlobalThemeOverrides } from 'naive-ui'

// The desk library computes shades, so it takes figures and no CSS variables; the same as in ui/tokens.css.
const common = {
    fontFamily: 'var(--sans)',
    fontSize: '16px',
    borderRadius: '8px',
    heightMedium: '40px',
    heightLarge: '48px',
}

export const light: GlobalThemeOverrides = {
    common: {
        ...common,
        primaryColor: '#0f5a5c',
        primaryColorHover: '#0c4a4c',
        primaryColorPressed: '#093a3c',
        primaryColorSuppl: '#0f5a5c',
        bodyColor: '#f7f4ee',
        cardColor: '#fffdf9',
        tableColor: '#fffdf9',
        textColorBase: '#1d2b2a',
        textColor3: '#52605e',
        placeholderColor: '#52605e',
    },
}

export const dark: GlobalThemeOverrides = {
    common: {
        ...common,
        primaryColor: '#83cbc3',
        primaryColorHover: '#9bd8d1',
        primaryColorPressed: '#6dbab1',
        primaryColorSuppl: '#83cbc3',
        bodyColor: '#121918',
        cardColor: '#1b2423',
        tableColor: '#1b2423',
        textColor3: '#b3bab5',
        placeholderColor: '#b3bab5',
    },
}
