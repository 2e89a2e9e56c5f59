import type { Schemas } from '@/api'

type Session = Schemas['SessionView']

const CONFIRMED: Schemas['SessionPhase'][] = ['record_confirmed', 'ended']
const isConfirmed = ({ phase, attendance }: Session) =>
    CONFIRMED.includes(phase) && attendance.some((one) => one.record === 'confirmed')

/** The newest record that somebody who took part has confirmed and nobody can change any more. */
export const confirmedRecord = (sessions: Session[]): string | null =>
    sessions.filter(isConfirmed).at(-1)?.record?.text ?? null
