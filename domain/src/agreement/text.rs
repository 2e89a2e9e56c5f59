//! The text that is signed: the same draft gives the same text, another draft another.

use super::{Frozen, Ground, writing};
use crate::{calendar::CST, digest, money};
use protocol::{
    PartyId, Text,
    agreement::{AgreementDraft, ClauseDraft, ClauseTopic, PerformanceMode, TimeLimit},
    dispute::Track,
    party::Side,
};

pub fn freeze(draft: &AgreementDraft, ground: &Ground) -> Frozen {
    let text = canonical(draft, ground);
    let text_hash = digest::of(text.as_bytes());
    Frozen { text, text_hash, requires_wet_ink: writing::requires_wet_ink(draft) }
}

/// The whole text. What people wrote stands indented, so that it can never be taken for a heading or another clause.
pub fn canonical(draft: &AgreementDraft, ground: &Ground) -> String {
    let mut lines =
        vec![title(ground.track).to_owned(), format!("编号:{}", inline(ground.number.as_str()))];
    parties(&mut lines, ground);
    if let Some(facts) = draft.public_security.as_ref().filter(|_| is_public_security(ground)) {
        public_security(&mut lines, facts);
    }
    section(&mut lines, "主要事实", draft.main_facts.as_ref().map(Text::as_str));
    section(&mut lines, "争议事项", draft.issues.as_ref().map(Text::as_str));
    lines.push("各方责任".to_owned());
    for responsibility in &draft.responsibilities {
        lines.push(format!("{}:", name(ground, responsibility.party)));
        indent(&mut lines, responsibility.text.as_str());
    }
    lines.push("协议内容".to_owned());
    for (i, clause) in draft.clauses.iter().enumerate() {
        term(&mut lines, i + 1, clause, ground);
    }
    personal_status(&mut lines, draft);
    closing(&mut lines, ground);
    lines.push(String::new());
    lines.join("\n")
}

fn is_public_security(ground: &Ground) -> bool {
    ground.track == Track::PublicSecurity
}

const fn title(track: Track) -> &'static str {
    match track {
        Track::PeopleMediation => "人民调解协议书",
        Track::PublicSecurity => "治安调解协议书",
    }
}

fn parties(lines: &mut Vec<String>, ground: &Ground) {
    for (i, party) in ground.parties.iter().enumerate() {
        let side = match party.side {
            Side::Applicant => "申请人",
            Side::Respondent => "被申请人",
        };
        let about = party.about.as_ref().map(|about| format!(",{}", inline(about.as_str())));
        let about = about.unwrap_or_default();
        lines.push(format!("{side}({}):{}{about}", label(i), inline(party.name.as_str())));
    }
}

fn public_security(lines: &mut Vec<String>, facts: &protocol::agreement::PublicSecurityFacts) {
    let at = facts
        .occurred_at
        .map(|at| at.with_timezone(&CST).format("%Y年%-m月%-d日%H时%M分(北京时间)").to_string());
    let others = facts.others_present.as_ref().map(|names| {
        let names: Vec<String> = names.iter().map(|name| inline(name.as_str())).collect();
        if names.is_empty() { "无".to_owned() } else { names.join("、") }
    });
    section(lines, "调解机关", facts.organ.as_ref().map(Text::as_str));
    section(lines, "主持人", facts.host.as_ref().map(Text::as_str));
    section(lines, "其他在场人员", others.as_deref());
    section(lines, "案件发生时间", at.as_deref());
    section(lines, "案件发生地点", facts.place.as_ref().map(Text::as_str));
    section(lines, "起因", facts.cause.as_ref().map(Text::as_str));
    section(lines, "经过", facts.course.as_ref().map(Text::as_str));
    section(lines, "情节", facts.circumstances.as_ref().map(Text::as_str));
    section(lines, "结果", facts.result.as_ref().map(Text::as_str));
}

fn term(lines: &mut Vec<String>, number: usize, clause: &ClauseDraft, ground: &Ground) {
    lines.push(format!("第{number}条({})", topic(clause.topic)));
    indent(lines, clause.act.as_str());
    let mut say = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{label}:{value}"));
        }
    };
    say("义务人", clause.obligor.map(|party| name(ground, party)));
    say("权利人", clause.beneficiary.map(|party| name(ground, party)));
    say("金额", clause.amount.map(money::in_words));
    say("履行方式", clause.mode.map(|mode| self::mode(mode).to_owned()));
    say("履行时限", clause.time_limit.map(time_limit));
}

/// Said in the text because it decides how the text may be signed.
fn personal_status(lines: &mut Vec<String>, draft: &AgreementDraft) {
    use protocol::agreement::PersonalStatus::{Adoption, Inheritance, Marriage, Other};
    let matters = draft.personal_status.as_deref().unwrap_or_default();
    let words: Vec<&str> =
        [(Marriage, "婚姻"), (Adoption, "收养"), (Inheritance, "继承"), (Other, "其他人身关系")]
            .into_iter()
            .filter_map(|(matter, word)| matters.contains(&matter).then_some(word))
            .collect();
    if !words.is_empty() {
        lines.push(format!("本协议涉及{},须以纸质方式签名、盖章或者按指印。", words.join("、")));
    }
}

/// From when it binds, how many copies, who stands for it (人民调解法 Art 29, 31; 程序规定 Art 185; 2007 norm on copies).
fn closing(lines: &mut Vec<String>, ground: &Ground) {
    lines.push("效力".to_owned());
    match ground.track {
        Track::PeopleMediation => {
            lines.push(
                "本协议自各方当事人签名、盖章或者按指印,调解员签名并加盖人民调解委员会印章之日起生效,对各方当事人具有约束力。".to_owned(),
            );
            let copies = ground.parties.len() + 1;
            lines.push(format!("本协议一式{copies}份,当事人各执一份,人民调解委员会留存一份。"));
            lines.push(format!("人民调解委员会:{}", inline(ground.organ.as_str())));
            lines.push(format!("人民调解员:{}", inline(ground.host_name.as_str())));
        }
        Track::PublicSecurity => {
            lines.push(
                "履行本协议的,公安机关对违反治安管理行为人不予处罚;不履行的,公安机关依法处罚,民事争议可以向人民法院起诉。".to_owned(),
            );
            lines.push("本协议一式三份。".to_owned());
            lines.push(format!("公安机关:{}", inline(ground.organ.as_str())));
            lines.push(format!("主持民警:{}", inline(ground.host_name.as_str())));
        }
    }
}

fn section(lines: &mut Vec<String>, heading: &str, text: Option<&str>) {
    if let Some(text) = text {
        lines.push(heading.to_owned());
        indent(lines, text);
    }
}

fn indent(lines: &mut Vec<String>, text: &str) {
    lines.extend(text.lines().map(|line| format!("  {line}")));
}

/// A text of one line stays on it.
fn inline(text: &str) -> String {
    text.replace(['\r', '\n', '\t'], " ")
}

/// 甲方, 乙方 …: people of the same name stay apart.
fn label(index: usize) -> String {
    match "甲乙丙丁戊己庚辛壬癸".chars().nth(index) {
        Some(stem) => format!("{stem}方"),
        None => format!("第{}方", index + 1),
    }
}

fn name(ground: &Ground, party: PartyId) -> String {
    let index = ground.parties.iter().position(|known| known.party == party);
    match index.and_then(|index| Some((index, ground.parties.get(index)?))) {
        Some((index, party)) => format!("{}{}", label(index), inline(party.name.as_str())),
        None => party.to_string(),
    }
}

const fn topic(topic: ClauseTopic) -> &'static str {
    match topic {
        ClauseTopic::Apology => "道歉",
        ClauseTopic::Compensation => "赔偿金额",
        ClauseTopic::PerformanceMode => "履行方式",
        ClauseTopic::Undertaking => "后续承诺",
        ClauseTopic::Other => "其他",
    }
}

const fn mode(mode: PerformanceMode) -> &'static str {
    match mode {
        PerformanceMode::Cash => "现金支付",
        PerformanceMode::BankTransfer => "银行转账",
        PerformanceMode::MobilePayment => "移动支付",
        PerformanceMode::ThroughMediators => "经调解组织转交",
        PerformanceMode::Delivery => "交付物品",
        PerformanceMode::InPerson => "当面履行",
        PerformanceMode::InWriting => "书面履行",
        PerformanceMode::Act => "完成约定行为",
        PerformanceMode::Forbearance => "不为约定行为",
    }
}

fn time_limit(limit: TimeLimit) -> String {
    match limit {
        TimeLimit::AtOnce {} => "当场履行".to_owned(),
        TimeLimit::By { date } => date.format("%Y年%-m月%-d日24时前(北京时间)").to_string(),
        TimeLimit::Standing {} => "自本协议生效之日起持续履行".to_owned(),
    }
}
