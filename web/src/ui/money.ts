import { language } from '@/i18n/language'

/** Amounts come in whole fen: `50000` is 500 yuan. */
export function yuan(fen: number): string {
    const whole = Math.trunc(Math.abs(fen) / 100)
    const rest = Math.abs(fen) % 100
    const figure = whole.toLocaleString('en-US') + (rest > 0 ? `.${String(rest).padStart(2, '0')}` : '')
    const signed = fen < 0 ? `-${figure}` : figure
    return language.value === 'zh' ? `${signed}元` : `${signed} yuan`
}
