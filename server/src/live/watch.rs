//! Says when to read: by hint at once, and by looking round every two seconds whatever was lost.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::logins::{self, key};
use crate::live::open::Live;
use crate::live::outbox::Close;
use crate::live::room::Room;
use crate::live::socket::restarting;
use crate::live::{feed, reading};
use protocol::live::{ServerFrame, close};
use protocol::{DisputeId, LoginId, RoomId};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

const ENDED: Close = Close::new(close::NOT_AUTHENTICATED, "the login has ended");

/// Until the server stops; then every socket is sent away.
pub async fn run(app: &App) {
    let mut rounds = interval(app.live.bounds.look_round);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut suspects = Suspects::new();
    loop {
        tokio::select! {
            () = app.stop.cancelled() => break,
            _ = rounds.tick() => {}
            () = app.live.look.notified() => {}
        }
        if let Err(error) = look_round(app, &mut suspects).await {
            tracing::warn!(%error, "sockets could not be looked after; trying again");
        }
    }
    for live in app.live.sockets() {
        live.outbox.close(restarting(app));
    }
}

/// What was committed, for those who are connected here.
pub fn told(app: &App, hint: Hint) {
    match hint {
        Hint::Room(room) => {
            if let Some(room) = app.live.room(room) {
                reading::changed(app, &room);
            }
        }
        Hint::Dispute(dispute) => {
            app.live.versions.changed(dispute);
            touch_all(app, dispute);
        }
        Hint::Read { room, person, seq } => {
            if let Some(here) = app.live.room(room) {
                here.tell_others(person, &ServerFrame::Read { room, person, seq });
            }
        }
        Hint::Login(login) => {
            let (app, tasks) = (app.clone(), app.tasks.clone());
            tasks.spawn(async move { end_login(&app, login).await });
        }
        Hint::Typing { room, person } => {
            if let Some(here) = app.live.room(room).filter(|here| here.is_member(person)) {
                here.tell_others(person, &ServerFrame::Typing { room, person });
            }
        }
        Hint::Jobs | Hint::Media(_) => {}
        Hint::Everything => app.live.look.notify_one(),
    }
}

fn touch_all(app: &App, dispute: DisputeId) {
    for live in app.live.followers(dispute) {
        feed::touch(app, &live, dispute);
    }
}

async fn look_round(app: &App, suspects: &mut Suspects) -> Result<(), ApiError> {
    app.live.forget_rooms();
    look_at_logins(app).await?;
    for room in moved_rooms(app, suspects).await? {
        reading::changed(app, &room);
    }
    for dispute in app.live.versions.look(app).await? {
        touch_all(app, dispute);
    }
    Ok(())
}

async fn look_at_logins(app: &App) -> Result<(), ApiError> {
    let sockets = app.live.sockets();
    let mut active = Vec::new();
    for live in &sockets {
        app.live.logins.used(key(&live.claims()));
        if live.was_active() {
            active.push(live.actor.login);
        }
    }
    logins::seen(app, &active).await?;
    app.live.logins.look(app).await?;
    for live in &sockets {
        end_if_over(app, live);
    }
    Ok(())
}

/// Closes what has no valid login behind it any more, or whose token has run out (SEC-WS-11).
fn end_if_over(app: &App, live: &Arc<Live>) {
    if !app.live.logins.is_known(key(&live.claims())) {
        live.outbox.close(ENDED);
    } else if app.clock.now() >= live.expires_at() {
        live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "the token has expired"));
    }
}

async fn end_login(app: &App, login: LoginId) {
    let sockets = app.live.of_login(login);
    if sockets.is_empty() {
        app.live.logins.forget(login);
    }
    for live in sockets {
        match logins::ask(app, &live.claims()).await {
            Ok(None) => live.outbox.close(ENDED),
            Ok(Some(_)) => {}
            Err(error) => {
                tracing::warn!(%error, "a login could not be looked at; the next round does");
            }
        }
    }
}

/// Rooms that went on while this server was adding to them itself, and up to which number.
type Suspects = HashMap<RoomId, i64>;

/// Rooms to which others have added something that this server has not heard of. What it is adding itself at this moment
/// may be all there is: that is known by the next round.
async fn moved_rooms(app: &App, suspects: &mut Suspects) -> Result<Vec<Arc<Room>>, ApiError> {
    let mut rooms: HashMap<RoomId, _> =
        app.live.rooms().into_iter().map(|room| (room.id, room)).collect();
    let ids: Vec<Uuid> = rooms.keys().map(|id| id.0).collect();
    let heads: Vec<i64> = rooms.values().map(|room| room.head()).collect();
    let before = std::mem::take(suspects);
    let moved = sqlx::query!(
        r#"select room as "room!: RoomId", head as "head!" from rooms_moved($1, $2)"#,
        &ids,
        &heads,
    )
    .fetch_all(&app.db)
    .await?;
    let mut others = Vec::new();
    for now in moved {
        let Some(room) = rooms.remove(&now.room) else { continue };
        let is_adding = app.log.is_adding_to(room.id);
        let known = room.head();
        if before.get(&room.id).is_some_and(|head| known < *head) || !is_adding && known < now.head
        {
            others.push(room);
        } else if known < now.head {
            suspects.insert(room.id, now.head);
        }
    }
    Ok(others)
}
