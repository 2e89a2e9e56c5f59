import kind from './kinds.zh'

export default {
    title: '消息',
    none: '还没有消息',
    noneHint: '调解有了动静，会在这里告诉您。',
    unread: '没看',
    allRead: '全部标成看过',
    kind,
}
