import type { GlobalThemeOverrides } from 'naive-ui'

// The desk library computes shades, so it takes figures and no CSS variables; the same as in ui/tokens.css.
function measures(large: boolean) {
    const size = large ? '20px' : '16px'
    const fonts = { fontSize: size, fontSizeSmall: size, fontSizeMedium: size, fontSizeLarge: size }
    const heights = large
        ? { heightMedium: '60px', heightLarge: '60px' }
        : { heightMedium: '44px', heightLarge: '48px' }
    return { fontFamily: 'var(--sans)', borderRadius: '8px', ...fonts, ...heights }
}

const light = {
    primaryColor: '#0f5a5c',
    primaryColorHover: '#0c4a4c',
    primaryColorPressed: '#093a3c',
    primaryColorSuppl: '#0f5a5c',
    bodyColor: '#f7f4ee',
    cardColor: '#fffdf9',
    tableColor: '#fffdf9',
    tableHeaderColor: '#f1ece2',
    textColorBase: '#1d2b2a',
    textColor3: '#52605e',
    placeholderColor: '#52605e',
}

const dark = {
    primaryColor: '#83cbc3',
    primaryColorHover: '#9bd8d1',
    primaryColorPressed: '#6dbab1',
    primaryColorSuppl: '#83cbc3',
    bodyColor: '#121918',
    cardColor: '#1b2423',
    tableColor: '#1b2423',
    tableHeaderColor: '#24302e',
    textColor3: '#b3bab5',
    placeholderColor: '#b3bab5',
}

export function themeOf(isDark: boolean, isLarge: boolean): GlobalThemeOverrides {
    return { common: { ...measures(isLarge), ...(isDark ? dark : light) } }
}
