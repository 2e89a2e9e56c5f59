import type { Schemas } from '@/api/client'

type Word<Name extends keyof Schemas> = Schemas[Name] extends string ? Record<Schemas[Name], string> : never

/** The closed sets of the service in words; a new member does not compile. */
const status: Word<'Status'> = {
    draft: '还没提交',
    submitted: '等待受理',
    emergency_held: '民警先处置',
    redirected: '转到别处办',
    rejected: '不予受理',
    awaiting_consent: '等大家同意',
    matching: '正在找调解员',
    assigned: '已有调解员',
    scheduled: '已约好时间',
    in_mediation: '正在调解',
    suspended: '暂时停下',
    pending_signature: '等待签名',
    performing: '正在照协议办',
    defaulted: '逾期没办',
    performed: '都办到了',
    terminated: '调解结束',
    penalty_referral: '转处罚程序',
    closed: '已结案',
    archived: '已归档',
}

const category: Word<'Category'> = {
    marriage_family: '婚姻家庭',
    neighbor: '邻里',
    housing_homestead: '房屋宅基地',
    contract: '合同',
    business: '生产经营',
    damage_compensation: '损害赔偿',
    forest_land: '山林土地',
    land_expropriation: '征地拆迁',
    environment: '环境污染',
    labor: '劳动',
    consumer: '消费',
    medical: '医疗',
    road_accident: '道路交通',
    property_mgmt: '物业',
    other: '其他',
}

const track: Word<'Track'> = { people_mediation: '人民调解', public_security: '治安调解' }

const part: Word<'Part'> = {
    applicant: '申请人',
    respondent: '被申请人',
    agent: '代理人',
    guardian: '监护人',
    mediator: '调解员',
    co_mediator: '共同调解员',
    invited_lawyer: '律师',
    filer: '代为提交人',
    owner: '首问责任人',
    station_officer: '社区民警',
    station_leader: '派出所领导',
    legal_reviewer: '法制员',
    grid_worker: '网格员',
    director: '调委会主任',
    candidate: '候选人',
    clock: '到期自动',
}

const role: Word<'Role'> = {
    resident: '居民',
    lawyer: '律师',
    peoples_mediator: '人民调解员',
    officer: '社区民警',
    grid_worker: '网格员',
    station_leader: '派出所领导',
    legal_reviewer: '法制员',
    committee_director: '调委会主任',
    operator: '系统管理员',
    auditor: '审计员',
}

const next: Word<'NextCode'> = {
    submit_it: '请核对后提交。',
    station_triages: '派出所正在看，会告诉怎么办。',
    you_triage: '请看一看，走哪条路。',
    police_clear: '民警先到现场。安全后再调解。',
    parties_consent: '正在等大家同意调解。',
    you_consent: '请您答复：同不同意调解。',
    mediator_is_found: '大家都同意了，正在找调解员。',
    you_appoint: '大家都同意了，请定调解员。',
    interests_are_told: '调解员说明情况，大家认可后约时间。',
    you_tell_interests: '请您说明：和谁有没有关系。',
    you_answer_neutral: '请您答复：要不要这个人帮忙。',
    session_is_held: '时间已约好。到时请点下面的调解会。',
    mediation_goes_on: '调解正在进行，可以随时说话。',
    waits_for_resumption: '调解先停下，恢复时告诉您。',
    parties_sign: '协议写好了，大家签名、盖章后生效。',
    promises_are_kept: '协议已生效，答应的事要按时办到。',
    station_urges: '有一项到期没办，派出所在催。',
    station_visits: '到期的都办到了，派出所会来回访。',
    nothing: '这次调解已经结束。',
}

const phrase: Word<'QuickPhrase'> = {
    agree: '我同意',
    disagree: '我不同意',
    please_repeat: '请再说一遍',
    slow_down: '请说慢一点',
    cannot_hear: '我听不见',
    need_break: '我想休息一下',
    talk_alone: '我想单独和调解员谈',
    need_time: '我要想一想',
    thank_you: '谢谢',
}

const notice: Word<'SystemNotice'> = {
    opened: '调解室开了',
    member_joined: '有人进来了',
    member_left: '有人离开了',
    session_started: '调解会开始',
    session_ended: '调解会结束',
    recording_started: '开始录音录像',
    recording_stopped: '停止录音录像',
    text_put_up: '协议写好了，可以看',
    agreement_effective: '协议生效了',
    closed: '调解室关了',
}

const card: Word<'CardKind'> = {
    proposal: '提议',
    time_choice: '选时间',
    rights_notice: '权利告知',
    record_review: '核对笔录',
}

const reply: Word<'CardReply'> = { yes: '可以', no: '不行', later: '以后再说' }

const side: Word<'Side'> = { applicant: '申请人一方', respondent: '被申请人一方' }

const mode: Word<'PerformanceMode'> = {
    cash: '付现金',
    bank_transfer: '银行转账',
    mobile_payment: '手机转账',
    through_mediators: '由调解组织转交',
    delivery: '交东西',
    in_person: '当面办',
    in_writing: '写成书面',
    act: '动手去做',
    forbearance: '不再去做',
}

const promise: Word<'ObligationStatus'> = {
    pending: '还没到期',
    reported: '说办好了，等确认',
    performed: '办到了',
    contested: '说法不一，有人来查',
    overdue: '过期没办',
    waived: '不用办了',
}

const deed: Word<'ObligationDeed'> = {
    reported: '说办好了',
    performed: '确认办到了',
    contested: '说没有办到',
    found_unperformed: '查明没有办到',
    became_overdue: '到期没办',
    waived: '说不用办了',
}

const conflict: Word<'ConflictKind'> = {
    same_person: '您就是当事人或者代理人',
    same_firm: '您和一方代理人在同一家律所',
    kin: '您和一方有亲属关系',
    earlier_party: '您和这里的人有过纠纷',
    earlier_counsel: '您为这里的人办过法律事务',
    barred: '您从这件退出过，或者被换下',
}

const topic: Word<'ClauseTopic'> = {
    apology: '赔礼道歉',
    compensation: '赔钱付钱',
    performance_mode: '怎么履行',
    undertaking: '今后的保证',
    other: '其他',
}

const limit: Record<Schemas['TimeLimit']['kind'], string> = {
    at_once: '当场办好',
    by: '到哪一天为止',
    standing: '从协议生效起，一直做到',
}

const personalStatus: Word<'PersonalStatus'> = {
    marriage: '结婚、离婚',
    adoption: '收养',
    inheritance: '继承',
    other: '别的身份上的事',
}

const agreementForm: Word<'AgreementForm'> = {
    written: '书面，大家签名',
    oral: '口头，当场办完',
    recorded: '当场办完，有录像',
}

const byHand: Record<Exclude<Schemas['SigningMethod'], 'electronic'>, string> = {
    wet_ink: '手写签名',
    fingerprint: '按指印',
    stamp: '盖章',
}

export default {
    status,
    category,
    track,
    part,
    role,
    next,
    phrase,
    notice,
    card,
    reply,
    side,
    mode,
    promise,
    deed,
    conflict,
    topic,
    limit,
    personalStatus,
    agreementForm,
    byHand,
}
