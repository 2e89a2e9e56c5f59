//! What one person may see of a session.

use domain::dispute::{Dispute, Standing};
use domain::session::{Attendance, RecordAnswer, Session, Viewpoint, phase, publicity};
use protocol::dispute::Track;
use protocol::session::{AttendanceView, RecordState, RecordView, SessionPhase, SessionView};

/// Whoever stands on both sides sees no side's secrets.
fn viewpoint(dispute: &Dispute, standing: &Standing) -> Viewpoint {
    let accepted = dispute.neutrals.iter().any(|neutral| {
        neutral.account == standing.account && neutral.is_accepted_by(&dispute.parties)
    });
    if accepted && standing.acts_for.is_empty() {
        return Viewpoint::Neutral;
    }
    let mut sides = standing.acts_for.iter().map(|acts| acts.side);
    match sides.next() {
        Some(side) if sides.all(|other| other == side) => Viewpoint::Side(side),
        _ => Viewpoint::Outside,
    }
}

/// Nothing here may differ for one side by what happens in the other's caucus: no version, no times of steps.
pub fn of(dispute: &Dispute, standing: &Standing, s: &Session) -> SessionView {
    let from = viewpoint(dispute, standing);
    let (phase, talking_in) = phase(s, from);
    SessionView {
        id: s.id,
        dispute: dispute.id,
        number: s.number,
        phase,
        text: text(phase).to_owned(),
        talking_in,
        // Nobody has asked for the other manner, and what may be secret is not recorded yet.
        publicity: publicity(dispute.track.unwrap_or(Track::PeopleMediation), false, &[]),
        starts_at: s.plan.starts_at,
        ends_at: s.plan.ends_at,
        manner: s.plan.manner,
        place: s.plan.place.as_ref().map(ToString::to_string),
        attendance: s.attendance.iter().map(|there| attendance(there, from)).collect(),
        record: s.record.as_ref().filter(|_| from != Viewpoint::Outside).map(|record| RecordView {
            text: record.text.to_string(),
            text_hash: record.text_hash.clone(),
        }),
    }
}

fn attendance(there: &Attendance, from: Viewpoint) -> AttendanceView {
    AttendanceView {
        person: there.attendee.person,
        party: there.attendee.party,
        acting: there.attendee.acting,
        verified: there.identity.is_some(),
        method: there.identity.filter(|_| from == Viewpoint::Neutral),
        rights_acknowledged: there.rights,
        present: !there.left,
        record: match there.record {
            RecordAnswer::None => RecordState::Pending,
            RecordAnswer::Confirmed => RecordState::Confirmed,
            RecordAnswer::Refused => RecordState::Refused,
        },
    }
}

const fn text(phase: SessionPhase) -> &'static str {
    match phase {
        SessionPhase::Planned => "调解时间已约定。",
        SessionPhase::Notified => "已通知各方,请按时参加。",
        SessionPhase::Lobby => "等候室已开放,请进入并等待核对身份。",
        SessionPhase::IdentityVerified => "身份已核对,请阅读并确认您的权利义务。",
        SessionPhase::RightsRead => "权利义务已告知,调解即将开始。",
        SessionPhase::InProgress => "调解进行中。调解员可能与各方分别谈话,轮到您时会通知您。",
        SessionPhase::RecordConfirmed => "调解记录已确认。",
        SessionPhase::Ended => "本次调解已结束。",
        SessionPhase::Cancelled => "本次调解已取消。",
    }
}
