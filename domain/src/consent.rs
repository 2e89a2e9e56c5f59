//! The text people agree to before mediation begins, versioned and provable by its digest.

use crate::digest;
use protocol::invitation::{ConsentText, ShownText};
use protocol::language::Language;

const VERSION: u16 = 1;

/// 权利义务告知 (人民调解法 Art 4, 23, 24; 在线调解规则 Art 4, 18), in our own words.
const ZH: &str = "\
一、调解自愿、免费。您可以接受或者拒绝调解,可以随时退出,不影响您起诉、申请仲裁或者请求行政处理。
二、您可以选择或者接受调解员,可以要求公开或者不公开调解。
三、调解员会说明与本纠纷有无利害关系;您不接受的,可以更换。
四、请如实陈述,遵守秩序,尊重他人。
五、您单独对调解员说的话,未经您同意不告诉对方。
六、调解中为达成和解所作的让步,在其他程序中不作为对您不利的证据。
七、调解在线上进行,内容不公开;治安调解依法公开的除外。任何人不得擅自录制或者传播。
八、达成书面协议并经各方签名、调解员签名和调解组织盖章后生效,各方应当履行。
我已阅读并理解以上内容,自愿参加调解。";

const EN: &str = "\
1. Mediation is voluntary and free. You may accept or refuse it and leave at any time; courts, arbitration and \
administrative bodies stay open to you.
2. You may choose or accept the mediator, and ask for mediation in public or in private.
3. The mediator tells you of any interest in the dispute; if you do not accept the mediator, another is found.
4. Please tell the truth, keep order and respect others.
5. What you tell the mediator alone is not passed to the other side without your consent.
6. Concessions made here cannot be used against you in other proceedings.
7. Mediation takes place online and in private, except where the law opens public-security mediation. Nobody may \
record or spread it.
8. A written agreement takes effect once all parties and the mediator have signed and the committee has sealed it; \
everybody then has to keep it.
I have read and understood this and take part of my own free will.";

pub fn text(language: Language) -> ConsentText {
    let text = match language {
        Language::Zh => ZH,
        Language::En => EN,
    };
    ConsentText {
        version: VERSION,
        language,
        text: text.to_owned(),
        hash: digest::of(text.as_bytes()),
    }
}

/// Whether what was shown is the text in force.
pub fn is_current(shown: &ShownText) -> bool {
    let current = text(shown.language);
    current.version == shown.version && current.hash == shown.hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever changes a text has to raise the version: earlier consents name the old digest.
    #[test]
    fn a_text_keeps_its_digest_as_long_as_it_keeps_its_version() {
        let digests = Language::ALL.iter().map(|l| text(*l).hash.to_string());
        assert_eq!(VERSION, 1);
        assert!(digests.eq([
            "f7fe32c81b3442d6a50ae4c49a464dbf444cca59371197f184882eb4d99f235f",
            "745ea7a2e9aa64fc1689df930c6600e83708de28fd4e3bdb5a08f2e9b779024a",
        ]));
    }
}
