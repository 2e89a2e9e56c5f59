//! What each job does. Everything in the database commits together with "done"; anything outside carries a key
//! under which doing it twice is doing it once, and never holds a connection meanwhile.

use crate::app::App;
use crate::error::ApiError;
use crate::invitations;
use crate::jobs::Job;
use crate::jobs::queue::Held;
use crate::notices;
use crate::notify::sms;
use crate::obligations;
use domain::notice::Audience;
use protocol::notice::NoticeKind;

pub async fn carry_out(app: &App, held: &Held) -> Result<(), ApiError> {
    match held.job()? {
        Job::NotifyDispute { dispute, seq } => {
            let mut tx = app.begin().await?;
            notices::tell::dispute_event(&mut tx, &app.config.public_url, dispute, seq).await?;
            held.finish(app, tx).await
        }
        Job::Remind { dispute, party, obligation, about, .. } => {
            let mut tx = app.begin().await?;
            if obligations::reminder_is_due(&mut tx, dispute, obligation).await? {
                notices::tell::in_app(&mut tx, dispute, &[(Audience::Party(party), about.into())])
                    .await?;
            }
            held.finish(app, tx).await
        }
        Job::InvitationLapsed { invitation, by_tries } => {
            let mut tx = app.begin().await?;
            let dispute = invitations::store::lapsed(&mut tx, invitation, by_tries).await?;
            if let Some(dispute) = dispute {
                notices::tell::in_app(
                    &mut tx,
                    dispute,
                    &[(Audience::Station, NoticeKind::InvitationLapsed)],
                )
                .await?;
            }
            held.finish(app, tx).await
        }
        Job::SendText { message } => {
            sms::deliver(app, message).await?;
            held.finish(app, app.begin().await?).await
        }
    }
}
