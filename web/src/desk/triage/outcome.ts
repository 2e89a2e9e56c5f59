import type { Schemas } from '@/api'

type Findings = Schemas['Findings']
type Outcome = Schemas['TriageOutcome']

/** Why 治安调解 is closed to a violation, in the order in which the law asks (程序规定 Art 178, 179). */
export type Hindrance = 'barred' | 'notFromDispute' | 'actNotListed' | 'notSlight' | 'noGround'

export function hindrance(violation: Schemas['Violation']): Hindrance | null {
    if ((violation.bars ?? []).length > 0) return 'barred'
    if (!violation.from_civil_dispute) return 'notFromDispute'
    if (violation.act === 'other') return 'actNotListed'
    if (!violation.slight) return 'notSlight'
    if (violation.cause === 'neither') return 'noGround'
    return null
}

/** What the service will say, shown before anything is sent: danger, crime, violence at home, violation, others' business, place. */
export function foreseen(findings: Findings): Outcome {
    if ((findings.emergency ?? []).length > 0) return 'emergency_dispatch'
    if (findings.suspected_crime) return 'criminal_procedure'
    if (findings.domestic_violence === 'indicated') return 'domestic_violence_first'
    if (findings.violation) return hindrance(findings.violation) ? 'penalty_procedure' : 'public_security'
    if (findings.prior_handling) return 'reject'
    return findings.venue === 'elsewhere' ? 'other_venue' : 'people_mediation'
}
