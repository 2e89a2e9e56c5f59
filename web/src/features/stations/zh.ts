export default {
    title: '查派出所电话',
    search: '小区或村的名字',
    searchHint: '写两三个字就行，比如“古城”。',
    find: '查一查',
    none: '没有找到',
    noneHint: '请换几个字再查。',
    remember: '记住这个派出所',
    remembered: '已记住{name}',
    inCharge: '{community}归{station}管。',
}
