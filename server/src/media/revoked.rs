//! Whose login has ended is in no media room any more, whoever else may be logged in as them.

use crate::app::App;
use crate::error::ApiError;
use crate::media::store;
use protocol::{PersonId, SessionId};

pub async fn put_out(app: &App) -> Result<(), ApiError> {
    let mut tx = app.begin().await?;
    let gone = sqlx::query!(
        r#"select p.person_id as "person: PersonId", p.session_id as "session!: SessionId"
           from media_places p join logins l on l.id = p.login_id join accounts a on a.id = l.account_id
           where p.standing <> 'out' and (l.ended_at is not null or a.disabled_at is not null)
           order by p.person_id for update of p skip locked"#,
    )
    .fetch_all(&mut *tx)
    .await?;
    for one in gone {
        let place = store::lock_place(&mut tx, one.person).await?;
        store::save(&mut tx, &place.put_out(), one.session, None).await?;
        if let Some(room) = place.room(tx.now) {
            store::tell(&mut tx, room).await?;
        }
    }
    app.tell(tx.commit().await?);
    Ok(())
}
