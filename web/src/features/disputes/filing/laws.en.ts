import type { Texts } from '@/i18n/types'
import type zh from './laws.zh'

const laws: Texts<typeof zh> = {
    marriage_family: {
        such: 'support, custody, visits',
        says: 'Grown children support their parents. A parent who does not live with the child may visit it. Whoever is beaten at home can ask a court for a protection order.',
        article: 'Civil Code Art 1067, 1086; Anti-Domestic Violence Law Art 23',
        wants: 'Monthly support/Regular visits to the child/Talk it over in person',
    },
    neighbor: {
        such: 'noise, leaks, stairways',
        says: 'Neighbours treat each other fairly and with consideration. Nobody may trouble others with noise or waste water.',
        article: 'Civil Code Art 288, 294',
        wants: 'Quiet after ten at night/Move the things away/Repair and pay for the damage',
    },
    housing_homestead: {
        such: 'building, daylight, boundaries',
        says: 'A building must not take air, light or sun from the neighbours.',
        article: 'Civil Code Art 293',
        wants: 'Stop and talk it over/Change it as planned/Pay for the damage',
    },
    contract: {
        such: 'loans, rents, renovation',
        says: 'What was agreed has to be done in full. Whoever did not has to go on, put it right or pay.',
        article: 'Civil Code Art 509, 577',
        wants: 'Pay back the money/Return the deposit/Keep to the contract/Pay for the damage',
    },
    business: {
        such: 'partners, accounts, stalls',
        says: 'When a partnership ends, costs and debts are paid first. The rest is shared as agreed; without that you talk it over, and failing that by what each put in.',
        article: 'Civil Code Art 972, 978',
        wants: 'Settle the accounts/Divide the property/Keep to one’s own place',
    },
    damage_compensation: {
        such: 'injuries, broken things',
        says: 'Whoever does damage through their fault has to pay. For an injury that is treatment, lost earnings and more.',
        article: 'Civil Code Art 1165, 1179',
        wants: 'Medical costs/Lost earnings/Repair costs/An apology',
    },
    forest_land: {
        such: 'forest and land boundaries',
        says: 'Where it is disputed whose a forest is, the government decides. Until then nobody may fell trees there.',
        article: 'Forest Law Art 22',
        wants: 'Measure the boundary again/Stop felling/Pay for the damage',
    },
    land_expropriation: {
        such: 'compensation, resettlement',
        says: 'Land is taken for fair and reasonable compensation that keeps up the standard of living.',
        article: 'Land Administration Law Art 48',
        wants: 'Explain the compensation/Share by the real area/Pay what is missing',
    },
    environment: {
        such: 'fumes, waste water, smells',
        says: 'Whoever harms others by pollution is liable for it.',
        article: 'Civil Code Art 1229',
        wants: 'Change the outlet/Stop the pollution/Pay for the damage',
    },
    labor: {
        such: 'wages, injuries, overtime',
        says: 'Wages are paid every month, in full and without delay. Arbitration has to be asked for within a year, as a rule.',
        article: 'Labour Law Art 50; Labour Dispute Mediation and Arbitration Law Art 27',
        wants: 'Pay all wages/Pay for overtime/Treatment and lost earnings',
    },
    consumer: {
        such: 'returns, prepaid cards',
        says: 'You can talk, ask for mediation, complain, go to arbitration or to court. For fraud you can ask for the price and three times as much.',
        article: 'Consumer Protection Law Art 39, 55',
        wants: 'Money back/Exchange/Pay for the damage',
    },
    medical: {
        such: 'harm from treatment',
        says: 'If treatment did harm and the clinic was at fault, the clinic has to pay. You may copy your records.',
        article: 'Civil Code Art 1218, 1225',
        wants: 'Explain what happened/Further treatment/Pay for the damage',
    },
    road_accident: {
        such: 'traffic accidents',
        says: 'The insurance pays first, then whoever is at fault. You can ask the traffic police to mediate, or go to court.',
        article: 'Road Traffic Safety Law Art 74, 76',
        wants: 'Medical costs/Repair costs/Lost earnings and care',
    },
    property_mgmt: {
        such: 'fees, parking, repairs',
        says: 'Owners pay for service that was rendered. What matters to all is decided by the owners together.',
        article: 'Civil Code Art 278, 944',
        wants: 'Open the accounts/Better service/Return what was overcharged',
    },
    other: {
        such: 'none of these',
        says: 'Disputes between people can be mediated. It is free, and only if both want it.',
        article: 'People’s Mediation Law Art 3, 4, 17',
        wants: 'Talk it over in person/An apology/Pay for the damage',
    },
}
export default laws
