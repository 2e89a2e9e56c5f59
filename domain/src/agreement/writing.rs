//! When an agreement must be in writing, and when even electronic writing is not enough.

use super::Ground;
use protocol::{
    agreement::{AgreementDraft, AgreementForm, TimeLimit},
    dispute::{Category, Track},
};

/// The article that demands writing, if one does (人民调解法 Art 28; 医疗条例 Art 39; 调解仲裁法 Art 14; 程序规定 Art 178, 184).
pub fn required_by(draft: &AgreementDraft, ground: &Ground) -> Option<&'static str> {
    let at_once = is_performed_at_once(draft);
    if ground.track == Track::PublicSecurity {
        // Paper may be left out only on the spot, with everything on the body camera.
        let on_camera = draft.form == AgreementForm::Recorded && at_once;
        return (!on_camera).then_some("程序规定 Art 178(3), 184");
    }
    match ground.category {
        Category::Medical => Some("医疗条例 Art 39"),
        Category::Labor => Some("调解仲裁法 Art 14"),
        _ if draft.writing_asked || draft.major_or_complex || !at_once => Some("人民调解法 Art 28"),
        _ => None,
    }
}

fn is_performed_at_once(draft: &AgreementDraft) -> bool {
    draft.clauses.iter().all(|clause| clause.time_limit == Some(TimeLimit::AtOnce {}))
}

/// Marriage, adoption, inheritance and other personal status are signed on paper (电子签名法 Art 3).
pub fn requires_wet_ink(draft: &AgreementDraft) -> bool {
    draft.personal_status.as_ref().is_some_and(|matters| !matters.is_empty())
}
