//! Ends audio sockets whose place has ended: by hint at once, by looking round within a second, hint or no hint.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::{Close, restarting};
use crate::media::audio::ear::Ear;
use crate::media::audio::place;
use crate::rounds::{Place, every};
use protocol::PersonId;
use protocol::live::close;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

const LOOK_ROUND: Duration = Duration::from_secs(1);

pub async fn run(app: App) {
    let mut hints = app.hints.subscribe();
    let mut rounds = every(LOOK_ROUND, Place::Audio);
    loop {
        let whom = tokio::select! {
            () = app.stop.cancelled() => break,
            _ = rounds.tick() => None,
            hint = hints.recv() => match hint {
                Ok(Hint::Media(person)) => Some(person),
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => break,
            },
        };
        if let Err(error) = look(&app, whom).await {
            tracing::warn!(%error, "audio sockets could not be looked after; trying again");
        }
    }
    for ear in app.audio.all() {
        ear.close(restarting(&app));
    }
}

async fn look(app: &App, whom: Option<PersonId>) -> Result<(), ApiError> {
    let mut ears: Vec<Arc<Ear>> = app.audio.all();
    ears.retain(|ear| whom.is_none_or(|person| ear.person == person));
    for ear in place::gone(app, &ears).await? {
        ear.close(Close::new(close::NOT_ALLOWED, "no longer in this media room"));
    }
    if whom.is_none() {
        keep_rooms(app, &ears).await?;
    }
    Ok(())
}

/// The rooms of the sockets here stay this server's. One that another has taken over in the meantime is given up.
async fn keep_rooms(app: &App, ears: &[Arc<Ear>]) -> Result<(), ApiError> {
    let rooms: BTreeSet<_> = ears.iter().map(|ear| ear.room.id).collect();
    if rooms.is_empty() {
        return Ok(());
    }
    let (here, now) = (app.config.audio_url(), app.clock.now());
    let mut db = app.db.acquire().await?;
    for room in rooms {
        if place::claim(&mut db, room, &here, now).await? != here {
            let lost = ears.iter().filter(|ear| ear.room.id == room);
            lost.for_each(|ear| ear.close(super::socket::elsewhere()));
        }
    }
    Ok(())
}
