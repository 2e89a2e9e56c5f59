//! Tells sockets what has changed about their owner's place, and hands on signals: by hint at once, and by looking
//! round every two seconds whatever was lost.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::Live;
use crate::media::{revoked, signals, view};
use crate::rounds::{Place, every};
use protocol::PersonId;
use protocol::live::ServerFrame;
use protocol::media::{MediaStanding, MediaView};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

const LOOK_ROUND: Duration = Duration::from_secs(2);

/// What was told to one socket.
#[derive(Default)]
struct Told {
    view: Option<MediaView>,
    handed: BTreeSet<i64>,
}

pub async fn run(app: App) {
    let mut hints = app.hints.subscribe();
    let mut rounds = every(LOOK_ROUND, Place::Media);
    let mut told = HashMap::new();
    loop {
        let whom = tokio::select! {
            () = app.stop.cancelled() => return,
            _ = rounds.tick() => None,
            hint = hints.recv() => match hint {
                Ok(Hint::Media(person)) => Some(person),
                Ok(Hint::Everything) | Err(RecvError::Lagged(_)) => None,
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        let round = async {
            if whom.is_none() {
                revoked::put_out(&app).await?;
            }
            look(&app, whom, &mut told).await
        };
        if let Err(error) = round.await {
            tracing::warn!(%error, "media could not be looked after; trying again");
        }
    }
}

async fn look(
    app: &App,
    whom: Option<PersonId>,
    told: &mut HashMap<u64, Told>,
) -> Result<(), ApiError> {
    let sockets = app.live.sockets();
    told.retain(|id, _| sockets.iter().any(|live| live.id == *id));
    let people: Vec<PersonId> = match whom {
        Some(person) => vec![person],
        None => placed(app, &sockets).await?,
    };
    for person in people {
        let theirs = sockets.iter().filter(|live| live.actor.person == person);
        for live in theirs {
            tell(app, live, told.entry(live.id).or_default()).await?;
        }
    }
    Ok(())
}

/// Whose sockets have something to be told: few of all who are connected are in a session.
async fn placed(app: &App, sockets: &[Arc<Live>]) -> Result<Vec<PersonId>, ApiError> {
    let people: Vec<uuid::Uuid> = sockets.iter().map(|live| live.actor.person.0).collect();
    if people.is_empty() {
        return Ok(vec![]);
    }
    Ok(sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from media_places
           where person_id = any ($1) and session_id is not null"#,
        &people,
    )
    .fetch_all(&app.db)
    .await?)
}

async fn tell(app: &App, live: &Live, told: &mut Told) -> Result<(), ApiError> {
    let (person, now) = (live.actor.person, app.clock.now());
    let mut db = app.db.acquire().await?;
    let Some(view) = view::last(&mut db, person, now).await? else { return Ok(()) };
    let frames = signals::waiting(&mut db, person, &mut told.handed, now).await?;
    drop(db);
    // A socket that comes when all is over has nothing to be told.
    let over = told.view.is_none() && view.standing == MediaStanding::Out;
    if !over && told.view.as_ref() != Some(&view) {
        live.outbox.push(&ServerFrame::Media { media: Box::new(view.clone()) });
        told.view = Some(view);
    }
    for frame in frames {
        live.outbox.push(&frame);
    }
    Ok(())
}
