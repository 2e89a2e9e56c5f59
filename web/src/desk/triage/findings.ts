import type { Schemas } from '@/api'
import {
    blank,
    choices,
    isComplete as filledIn,
    line,
    list,
    maybe,
    type Field,
    type Values,
} from '@/desk/commands/fields'
import { t } from '@/i18n'
import { computed, ref } from 'vue'
import zhWords from '../words/zh'

const names = <Name extends string>(set: Record<Name, string>) => Object.keys(set) as Name[]

const yesNo = (name: string, label: Field['label']): Field => ({
    name,
    label,
    kind: 'choice',
    options: [
        { value: 'no', label: t('desk.triage.no') },
        { value: 'yes', label: t('desk.triage.yes') },
    ],
})

/** In the order in which the law asks; the first that hits decides. */
const questions = (): Field[] => [
    {
        name: 'emergency',
        label: 'desk.triage.emergency',
        kind: 'several',
        options: choices(names(zhWords.emergency), (one) => `desk.words.emergency.${one}`),
        isOptional: true,
    },
    yesNo('crime', 'desk.triage.crime'),
    {
        name: 'violence',
        label: 'desk.triage.violence',
        kind: 'choice',
        options: choices(names(zhWords.violence), (one) => `desk.words.violence.${one}`),
        isOptional: true,
    },
    yesNo('violation', 'desk.triage.violation'),
    {
        name: 'prior',
        label: 'desk.triage.prior',
        kind: 'choice',
        options: choices(names(zhWords.prior), (one) => `desk.words.prior.${one}`),
        isOptional: true,
    },
    {
        name: 'venue',
        label: 'desk.triage.venue',
        kind: 'choice',
        options: choices(names(zhWords.venue), (one) => `desk.words.venue.${one}`),
    },
]

const aboutViolation = (): Field[] => [
    {
        name: 'act',
        label: 'desk.triage.act',
        kind: 'choice',
        options: choices(names(zhWords.act), (one) => `desk.words.act.${one}`),
    },
    yesNo('civil', 'desk.triage.civil'),
    yesNo('slight', 'desk.triage.slight'),
    {
        name: 'cause',
        label: 'desk.triage.cause',
        kind: 'choice',
        options: choices(names(zhWords.cause), (one) => `desk.words.cause.${one}`),
    },
    {
        name: 'bars',
        label: 'desk.triage.bars',
        kind: 'several',
        options: choices(names(zhWords.bar), (one) => `desk.words.bar.${one}`),
        isOptional: true,
    },
]

export function useFindings() {
    const fields = computed(questions)
    const violationFields = computed(aboutViolation)
    const values = ref<Values>({
        ...blank([...fields.value, ...violationFields.value]),
        crime: 'no',
        violation: 'no',
        venue: 'here',
    })
    const isYes = (name: string) => line(values.value, name) === 'yes'

    const findings = computed<Schemas['Findings']>(() => ({
        emergency: list(values.value, 'emergency') as Schemas['EmergencySign'][],
        suspected_crime: isYes('crime'),
        domestic_violence: maybe(values.value, 'violence') as Schemas['DomesticViolence'] | undefined,
        prior_handling: maybe(values.value, 'prior') as Schemas['PriorHandling'] | undefined,
        venue: line(values.value, 'venue') as Schemas['Venue'],
        violation: isYes('violation')
            ? {
                  act: line(values.value, 'act') as Schemas['ViolationAct'],
                  cause: line(values.value, 'cause') as Schemas['ViolationCause'],
                  from_civil_dispute: isYes('civil'),
                  slight: isYes('slight'),
                  bars: list(values.value, 'bars') as Schemas['PublicSecurityBar'][],
              }
            : undefined,
    }))
    const isComplete = computed(
        () =>
            filledIn(fields.value, values.value) &&
            (!isYes('violation') || filledIn(violationFields.value, values.value)),
    )
    return { values, fields, violationFields, findings, isComplete }
}
