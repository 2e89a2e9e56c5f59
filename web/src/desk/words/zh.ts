import type { Schemas } from '@/api/client'

type Word<Name extends keyof Schemas> = Schemas[Name] extends string ? Record<Schemas[Name], string> : never

/** Closed sets that only the station reads. */
const risk: Word<'RiskLevel'> = { green: '绿色（低）', yellow: '黄色（中）', orange: '橙色（高）', red: '红色（很高）' }

const sign: Word<'RiskSign'> = {
    threat: '扬言报复',
    weapon: '带凶器',
    domestic_violence: '家庭暴力',
    injury: '有人受伤',
    repeat_calls: '多次报警',
    long_grudge: '积怨很久',
    drink: '酗酒',
    crowd: '聚了很多人',
    minor_or_elder: '有孩子或老人',
}

const source: Word<'Source'> = {
    party_application: '当事人申请',
    proactive: '主动发现',
    police110: '110警情',
    hotline12345: '12345热线',
    court: '法院委派',
    procuratorate: '检察院移送',
    petition: '信访',
    agency: '其他机关移送',
    grid: '网格上报',
    assisted: '窗口代为提交',
}

const ending: Word<'Ending'> = { reject: '不予受理', return: '退回补充', terminate: '终止调解' }

const reason: Word<'TerminationReason'> = {
    refused: '有一方不愿调解',
    withdrawn: '撤回申请',
    no_agreement: '谈不拢',
    self_reconciled: '自行和解',
    unreachable: '联系不上',
    time_limit: '期限到了',
    signature_refused: '不肯签名',
    suspected_false_mediation: '可能是虚假调解',
    transferred_to_police: '转公安处理',
    other_by_law: '依法不能调解',
}

const emergency: Word<'EmergencySign'> = {
    violence_under_way: '正在打人',
    weapon: '现场有凶器',
    threat_to_life: '有生命危险',
}

const violence: Word<'DomesticViolence'> = { indicated: '可能有家庭暴力', protocol_done: '家庭暴力，民警已处置' }

const prior: Word<'PriorHandling'> = {
    court_accepted: '法院已经受理',
    court_settled: '法院已经处理',
    police_handling: '公安已经受理或处理',
    agency_handling: '别的机关已经受理',
    agency_settled: '别的机关已经处理',
    reserved: '法律规定由专门机关管',
    medical_elsewhere: '医疗纠纷，别处已受理',
}

const venue: Word<'Venue'> = { here: '在本地', agreed_here: '不在本地，双方约定在这里', elsewhere: '不在本地' }

const act: Word<'ViolationAct'> = {
    beating: '殴打他人',
    intentional_injury: '故意伤害',
    insult: '侮辱',
    defamation: '诽谤',
    false_accusation: '诬告陷害',
    property_damage: '故意损毁财物',
    disturbing_life: '干扰正常生活',
    privacy_invasion: '侵犯隐私',
    home_intrusion: '非法侵入住宅',
    other: '其他行为',
}

const cause: Word<'ViolationCause'> = {
    close_relations: '亲友、邻里、同事之间',
    victim_fault: '被侵害人有过错',
    better_mediated: '调解更能化解矛盾',
    neither: '都不是',
}

const bar: Word<'PublicSecurityBar'> = {
    hired_injury: '雇凶伤害',
    gang_or_provocation: '结伙斗殴、寻衅滋事',
    repeat_violation: '多次违反治安管理',
    party_unwilling: '有一方不愿调解',
    new_violation: '调解中又侵害对方',
    suspect_fled: '嫌疑人逃跑',
    other: '其他不宜调解的情形',
}

const suspension: Word<'SuspensionReason'> = {
    appraisal: '等鉴定',
    false_mediation_review: '核查虚假调解',
    intoxication: '有人醉酒',
    safety: '现场不安全',
    track_change: '要换调解类别',
}

const seat: Word<'AppointmentRole'> = { mediator: '调解员', co_mediator: '共同调解员', invited_lawyer: '受邀律师' }
const manner: Word<'VisitManner'> = { in_person: '上门', phone: '打电话', video: '视频' }

const found: Word<'PerformanceFound'> = {
    performed: '都办到了',
    on_track: '正按约定办',
    partly: '办了一部分',
    not_performed: '没有办',
    nothing_due: '还没到日子',
}

const satisfaction: Word<'Satisfaction'> = {
    very_satisfied: '很满意',
    satisfied: '满意',
    fairly_satisfied: '还可以',
    dissatisfied: '不满意',
    very_dissatisfied: '很不满意',
}

const escalation: Word<'EscalationSign'> = {
    new_quarrel: '又吵起来',
    threat: '扬言报复',
    violence: '动了手',
    repeat_call: '又报了警',
    petition: '要集体上访',
    other: '其他苗头',
}

const visitReason: Word<'VisitReason'> = { risk: '按风险等级', performance: '履行日到了' }
const visitStatus: Word<'VisitStatus'> = { due: '要去', done: '去过了', cancelled: '不用去了' }

const obligation: Word<'ObligationStatus'> = {
    pending: '还没到日子',
    reported: '说办了，等确认',
    performed: '办到了',
    contested: '对方说没办',
    overdue: '逾期没办',
    waived: '对方免了',
}

const session: Word<'SessionPhase'> = {
    planned: '已约',
    notified: '已通知',
    lobby: '等人到齐',
    identity_verified: '身份已核对',
    rights_read: '权利已告知',
    in_progress: '正在谈',
    record_confirmed: '笔录已确认',
    ended: '开完了',
    cancelled: '取消了',
}

const sessionManner: Word<'SessionManner'> = {
    on_site: '当面',
    video: '视频',
    assisted_site: '到协助点',
    audio: '电话',
    asynchronous: '分时留言',
}

const agreement: Word<'AgreementStatus'> = {
    draft: '起草中',
    up_for_signing: '等签名',
    effective: '已生效',
    void: '作废',
}

const waiting: Word<'WaitingFor'> = { parties: '当事人', mediator: '调解员', seal: '调委会盖章', nobody: '都签好了' }
const capacity: Word<'Capacity'> = { full: '完全行为能力', limited: '限制行为能力', none: '无行为能力' }
const police: Word<'PublicSecurityRole'> = { suspect: '违法嫌疑人', victim: '被侵害人' }
const agent: Word<'AgentType'> = {
    lawyer: '律师',
    legal_worker: '法律服务工作者',
    employee: '单位工作人员',
    close_relative: '近亲属',
    citizen: '其他公民',
}
const power: Word<'AgentPower'> = {
    apply_or_end: '申请、撤回',
    collect_evidence: '收集证据',
    choose_mediator: '选调解员',
    dispose_of_claims: '变更、放弃请求',
    attend_and_sign: '到场、签名',
    receive_documents: '收文书',
    other: '其他',
}
const outcome: Word<'TriageOutcome'> = {
    emergency_dispatch: '民警先到现场',
    criminal_procedure: '转刑事程序',
    domestic_violence_first: '先处置家庭暴力',
    public_security: '治安调解',
    penalty_procedure: '转处罚程序',
    reject: '不予受理',
    other_venue: '转到别处办',
    people_mediation: '人民调解',
}

export default {
    risk,
    sign,
    source,
    ending,
    reason,
    emergency,
    violence,
    prior,
    venue,
    act,
    cause,
    bar,
    suspension,
    seat,
    manner,
    found,
    satisfaction,
    escalation,
    visitReason,
    visitStatus,
    obligation,
    session,
    sessionManner,
    agreement,
    waiting,
    capacity,
    police,
    agent,
    power,
    outcome,
}
