import commands from './commands/zh'
import events from './file/events.zh'
import file from './file/zh'
import filing from './filing/zh'
import staff from './staff/zh'
import triage from './triage/zh'
import visits from './visits/zh'
import words from './words/zh'

export default {
    title: '阿拉调解工作台',
    disputes: '纠纷',
    inbox: '待受理',
    approvals: '等我审批',
    approvalsNone: '没有等您审批的',
    approvalsHint: '有人提出不受理、退回或终止，会在这里。',
    approvalsWhat: '等什么',
    approvalsDo: '请打开看过再决定。自己提的不能自己批。',
    legality: '治安调解',
    late: '快到期和过期的',
    all: '全部',
    status: '状态',
    matter: '事情',
    category: '类型',
    track: '类别',
    next: '下一步',
    due: '期限',
    risk: '风险',
    owner: '首问责任人',
    age: '等了',
    days: '{count}天',
    today: '今天来的',
    changed: '最近变动',
    none: '没有纠纷',
    noneHint: '换一个状态看看。',
    inboxNone: '没有等受理的',
    inboxHint: '新的纠纷来了，会在这里。',
    lateNone: '没有快到期的',
    lateHint: '三天内到期的会在这里。',
    older: '更早的',
    close: '关上',
    find: '在下面找',
    findHint: '按/到这里，按↑↓选，回车打开。',
    notFound: '打开的里面没有。',
    mine: '只看我负责的',
    gone: '已过期',
    soon: '三天内',
    reading: '正在看，已看{count}件',
    incomplete: '没有读完，可能少了几件。',
    myNumber: '我的编号',
    commands,
    events,
    file,
    filing,
    staff,
    triage,
    visits,
    words,
}
