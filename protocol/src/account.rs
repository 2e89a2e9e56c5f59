//! Accounts and logins.

words! {
    /// What an account is; one person has one account, one account has one role.
    Role {
        Resident = "resident",
        Lawyer = "lawyer",
        PeoplesMediator = "peoples_mediator",
        /// 社区民警
        Officer = "officer",
        /// 网格员
        GridWorker = "grid_worker",
        StationLeader = "station_leader",
        /// 法制员
        LegalReviewer = "legal_reviewer",
        /// 调委会主任
        CommitteeDirector = "committee_director",
        /// Stations, accounts and keys; no case content.
        Operator = "operator",
        /// Audit trail; no case content.
        Auditor = "auditor",
    }
}

impl Role {
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Resident)
    }
}
