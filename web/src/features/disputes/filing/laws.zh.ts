import type { Schemas } from '@/api/client'

/** What belongs here, what the law says in short with its place, and what people mostly ask for, parted by `/`. */
export interface Law {
    such: string
    says: string
    article: string
    wants: string
}

const laws: Record<Schemas['Category'], Law> = {
    marriage_family: {
        such: '赡养、抚养、探望',
        says: '成年子女要赡养父母。不带孩子的一方可以探望孩子。家里有人打人，可以向法院要保护令。',
        article: '民法典第1067、1086条，反家暴法第23条',
        wants: '按月给赡养费/按时探望孩子/当面讲清楚',
    },
    neighbor: {
        such: '噪音、漏水、楼道',
        says: '邻居之间要互相体谅，公平合理。不能用噪音、污水影响别人。',
        article: '民法典第288、294条',
        wants: '晚上十点以后保持安静/把东西搬开/修好并赔偿',
    },
    housing_homestead: {
        such: '盖房、采光、界线',
        says: '盖房不能挡住邻居的通风、采光和日照。',
        article: '民法典第293条',
        wants: '停下来重新商量/按图纸改好/赔偿损失',
    },
    contract: {
        such: '借钱、租房、装修',
        says: '说好的事要全部办到。没办到的，要接着办、补救或赔钱。',
        article: '民法典第509、577条',
        wants: '还钱/退押金/按合同办/赔偿损失',
    },
    business: {
        such: '合伙、分账、摊位',
        says: '合伙散了，先付费用、还债。剩下的按约定分。没约定的再商量，商量不成按出资分。',
        article: '民法典第972、978条',
        wants: '把账算清/分清财产/不再抢占地方',
    },
    damage_compensation: {
        such: '受伤、损坏东西',
        says: '有错造成损害的要赔。人受伤的，要赔医药费、误工费等。',
        article: '民法典第1165、1179条',
        wants: '赔医药费/赔误工费/赔修理费/当面道歉',
    },
    forest_land: {
        such: '山林、土地的界线',
        says: '山林是谁的有争议，由政府处理。没解决以前，谁都不能砍那里的树。',
        article: '森林法第22条',
        wants: '请人重新量界线/停止砍伐/赔偿损失',
    },
    land_expropriation: {
        such: '补偿、安置',
        says: '征地要给公平合理的补偿，让生活水平不降低。',
        article: '土地管理法第48条',
        wants: '说明补偿怎么算/按实际面积分/补足补偿',
    },
    environment: {
        such: '油烟、污水、气味',
        says: '污染环境害到别人的，要承担责任。',
        article: '民法典第1229条',
        wants: '改好排烟或排水/停止污染/赔偿损失',
    },
    labor: {
        such: '工资、工伤、加班',
        says: '工资要按月发，不能克扣，不能无故拖欠。申请仲裁一般要在一年内。',
        article: '劳动法第50条，劳动争议调解仲裁法第27条',
        wants: '发清工资/付加班费/付医药费和误工费',
    },
    consumer: {
        such: '退货、预付卡',
        says: '买东西有争议，可以商量、调解、投诉、仲裁或打官司。商家欺诈的，可要求退一赔三。',
        article: '消费者权益保护法第39、55条',
        wants: '退钱/换货/赔偿损失',
    },
    medical: {
        such: '看病受了损害',
        says: '看病受了损害，医院有错的，医院要赔。病历可以复印。',
        article: '民法典第1218、1225条',
        wants: '说明经过/承担后续治疗/赔偿损失',
    },
    road_accident: {
        such: '车祸赔偿',
        says: '撞伤撞坏，先由保险赔，不够的按责任赔。赔多少谈不拢，可以请交警调解，也可以去法院。',
        article: '道路交通安全法第74、76条',
        wants: '赔医药费/赔修车费/赔误工费、护理费',
    },
    property_mgmt: {
        such: '收费、车位、维修',
        says: '物业服务到位的，业主要付物业费。小区大事由业主一起决定。',
        article: '民法典第278、944条',
        wants: '公开账目/改进服务/退多收的钱',
    },
    other: {
        such: '上面都不像',
        says: '民间的事都可以申请调解。调解不收钱，愿意才调。',
        article: '人民调解法第3、4、17条',
        wants: '当面讲清楚/当面道歉/赔偿损失',
    },
}
export default laws
