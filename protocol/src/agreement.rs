//! The agreement (协议书): its draft and its clauses.

mod signing;
mod view;

pub use signing::*;
pub use view::*;

use crate::{
    PartyId,
    money::Fen,
    text::{Line, Name, Narrative, Paragraph},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    AgreementForm {
        /// 书面
        Written = "written",
        /// 口头
        Oral = "oral",
        /// 音像记录
        Recorded = "recorded",
    }
}

words! {
    AgreementStatus {
        Draft = "draft",
        /// The text is frozen and is being signed.
        UpForSigning = "up_for_signing",
        Effective = "effective",
        Void = "void",
    }
}

words! {
    ClauseTopic {
        /// 道歉
        Apology = "apology",
        /// 赔偿金额
        Compensation = "compensation",
        /// 履行方式
        PerformanceMode = "performance_mode",
        /// 后续承诺
        Undertaking = "undertaking",
        Other = "other",
    }
}

words! {
    /// 履行方式
    PerformanceMode {
        Cash = "cash",
        BankTransfer = "bank_transfer",
        MobilePayment = "mobile_payment",
        /// 经调解组织转交
        ThroughMediators = "through_mediators",
        /// Handing over or giving back a thing.
        Delivery = "delivery",
        /// 当面
        InPerson = "in_person",
        InWriting = "in_writing",
        /// Doing something, such as a repair.
        Act = "act",
        /// Refraining from something.
        Forbearance = "forbearance",
    }
}

/// When a clause is to be performed (人民调解法 Art 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TimeLimit {
    /// 当场: performed when the agreement is made.
    AtOnce {},
    /// By the end of this day; becomes an obligation.
    By { date: NaiveDate },
    /// From now on, without an end.
    Standing {},
}

impl TimeLimit {
    pub const fn due_on(self) -> Option<NaiveDate> {
        match self {
            Self::By { date } => Some(date),
            Self::AtOnce {} | Self::Standing {} => None,
        }
    }
}

/// One term. Instalments are several clauses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClauseDraft {
    pub topic: ClauseTopic,
    /// What is to be done, in words.
    pub act: Paragraph,
    /// Who owes it; for money, the payer.
    #[serde(default)]
    pub obligor: Option<PartyId>,
    /// To whom; for money, the payee.
    #[serde(default)]
    pub beneficiary: Option<PartyId>,
    #[serde(default)]
    pub amount: Option<Fen>,
    #[serde(default)]
    pub mode: Option<PerformanceMode>,
    #[serde(default)]
    pub time_limit: Option<TimeLimit>,
}

words! {
    /// Matters of personal status, which cannot be signed electronically (电子签名法 Art 3).
    PersonalStatus {
        Marriage = "marriage",
        Adoption = "adoption",
        Inheritance = "inheritance",
        Other = "other",
    }
}

/// What one party answers for (人民调解法 Art 29).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Responsibility {
    pub party: PartyId,
    pub text: Paragraph,
}

/// What a 治安调解协议书 says beyond the terms (程序规定 Art 184).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PublicSecurityFacts {
    /// 调解机关
    pub organ: Option<Line>,
    /// 主持人
    pub host: Option<Name>,
    /// 其他在场人员; an empty list says that there was nobody else.
    pub others_present: Option<Vec<Name>>,
    pub occurred_at: Option<DateTime<Utc>>,
    pub place: Option<Line>,
    /// 起因
    pub cause: Option<Paragraph>,
    /// 经过
    pub course: Option<Narrative>,
    /// 情节
    pub circumstances: Option<Paragraph>,
    /// 结果
    pub result: Option<Paragraph>,
}

/// A draft may lack anything; what lacks something cannot be put up for signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreementDraft {
    pub form: AgreementForm,
    #[serde(default)]
    pub main_facts: Option<Narrative>,
    #[serde(default)]
    pub issues: Option<Paragraph>,
    #[serde(default)]
    pub responsibilities: Vec<Responsibility>,
    #[serde(default)]
    pub clauses: Vec<ClauseDraft>,
    /// Only for 治安调解.
    #[serde(default)]
    pub public_security: Option<PublicSecurityFacts>,
    /// Matters of personal status it touches. A family dispute must say so, if only with an empty list.
    #[serde(default)]
    pub personal_status: Option<Vec<PersonalStatus>>,
    /// A party asks for writing.
    #[serde(default)]
    pub writing_asked: bool,
    /// 重大或者复杂
    #[serde(default)]
    pub major_or_complex: bool,
}
