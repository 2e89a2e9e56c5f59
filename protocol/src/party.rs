//! The people of a dispute: parties on two sides, those who act for them, and what they may do.

words! {
    /// 申请人 or 被申请人
    Side {
        Applicant = "applicant",
        Respondent = "respondent",
    }
}

impl Side {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Applicant => Self::Respondent,
            Self::Respondent => Self::Applicant,
        }
    }
}

words! {
    /// Capacity for civil acts (民法典 Art 17–24).
    Capacity {
        Full = "full",
        /// 8 to 17, or an adult of limited capacity: together with a guardian.
        Limited = "limited",
        /// Under 8, or an adult without capacity: through a guardian only.
        None = "none",
    }
}

words! {
    ConsentState {
        Pending = "pending",
        Given = "given",
        Declined = "declined",
    }
}

words! {
    RepresentativeKind {
        Agent = "agent",
        Guardian = "guardian",
    }
}

words! {
    /// 代理人类型
    AgentType {
        Lawyer = "lawyer",
        LegalWorker = "legal_worker",
        Employee = "employee",
        CloseRelative = "close_relative",
        Citizen = "citizen",
    }
}

words! {
    /// 代理权限
    AgentPower {
        ApplyOrEnd = "apply_or_end",
        CollectEvidence = "collect_evidence",
        ChooseMediator = "choose_mediator",
        /// 承认、变更、放弃请求
        DisposeOfClaims = "dispose_of_claims",
        AttendAndSign = "attend_and_sign",
        ReceiveDocuments = "receive_documents",
        Other = "other",
    }
}

words! {
    /// Who was the suspect and who the victim, where the track is 治安调解.
    PublicSecurityRole {
        Suspect = "suspect",
        Victim = "victim",
    }
}
