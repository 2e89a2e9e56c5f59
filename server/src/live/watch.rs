//! Tells sockets when to read: by hint at once, and by looking round every two seconds whatever was lost.

use crate::app::App;
use crate::db::Hint;
use crate::error::ApiError;
use crate::live::hub::{Live, Topic};
use crate::live::limits::LOOK_ROUND;
use crate::live::outbox::Close;
use crate::live::signals;
use crate::live::socket::restarting;
use protocol::live::{ServerFrame, close};
use protocol::{DisputeId, LoginId, RoomId};
use std::collections::HashMap;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// Until the server stops; then every socket is sent away.
pub async fn run(app: App) {
    let looking = app.clone();
    let watch = app.tasks.spawn(async move { look_round(&looking).await });
    let mut hints = app.hints.subscribe();
    loop {
        let hint = tokio::select! {
            () = app.stop.cancelled() => break,
            hint = hints.recv() => hint,
        };
        match hint {
            Ok(hint) => pass_on(&app, hint),
            // What was missed is unknown, so everything is read again.
            Err(RecvError::Lagged(_)) => touch_all(&app, &app.live.topics()),
            Err(RecvError::Closed) => break,
        }
    }
    let _ = watch.await;
    for live in app.live.sockets() {
        live.outbox.close(restarting(&app));
    }
}

fn pass_on(app: &App, hint: Hint) {
    match hint {
        Hint::Room(room) => touch_all(app, &[Topic::Room(room)]),
        Hint::Dispute(dispute) => touch_all(app, &[Topic::Dispute(dispute)]),
        Hint::Read { room, person, seq } => {
            app.live.tell(room, person, &ServerFrame::Read { room, person, seq });
        }
        Hint::Login(login) => {
            let (app, tasks) = (app.clone(), app.tasks.clone());
            tasks.spawn(async move {
                let sockets = app.live.of_login(login);
                if let Err(error) = end_logins(&app, &sockets).await {
                    tracing::warn!(%error, "logins could not be looked at; the next round does");
                }
            });
        }
        Hint::Typing { room, person } => {
            app.live.tell(room, person, &ServerFrame::Typing { room, person });
        }
        Hint::Signal { room, to, id } => {
            let (app, tasks) = (app.clone(), app.tasks.clone());
            tasks.spawn(async move { signals::fetch(&app, room, to, id).await });
        }
        Hint::Jobs => {}
        Hint::Everything => app.live.look.notify_one(),
    }
}

fn touch_all(app: &App, topics: &[Topic]) {
    for topic in topics {
        for live in app.live.listeners(*topic) {
            live.touch(*topic);
        }
    }
}

async fn look_round(app: &App) {
    let mut rounds = interval(LOOK_ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = Versions::default();
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = rounds.tick() => {}
            () = app.live.look.notified() => {}
        }
        let sockets = app.live.sockets();
        let round = async {
            end_logins(app, &sockets).await?;
            known.look(app).await
        };
        if let Err(error) = round.await {
            tracing::warn!(%error, "sockets could not be looked after; trying again");
        }
    }
}

/// Closes what has no valid login behind it any more, or whose token has run out (SEC-WS-11).
async fn end_logins(app: &App, sockets: &[std::sync::Arc<Live>]) -> Result<(), ApiError> {
    if sockets.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let logins: Vec<Uuid> = sockets.iter().map(|live| live.actor.login.0).collect();
    let valid = sqlx::query_scalar!(
        r#"select l.id as "id: LoginId" from logins l join accounts a on a.id = l.account_id
           where l.id = any ($1) and l.ended_at is null and l.expires_at > $2 and a.disabled_at is null"#,
        &logins,
        now,
    )
    .fetch_all(&app.db)
    .await?;
    for live in sockets {
        if !valid.contains(&live.actor.login) {
            live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "the login has ended"));
        } else if now >= live.expires_at() {
            live.outbox.close(Close::new(close::NOT_AUTHENTICATED, "the token has expired"));
        }
    }
    Ok(())
}

/// What was last seen of the things listened to.
#[derive(Default)]
struct Versions(HashMap<Topic, i64>);

impl Versions {
    async fn look(&mut self, app: &App) -> Result<(), ApiError> {
        let topics = app.live.topics();
        self.0.retain(|topic, _| topics.contains(topic));
        let (mut rooms, mut versions, mut disputes) = (Vec::new(), Vec::new(), Vec::new());
        for topic in topics {
            match topic {
                Topic::Room(room) => {
                    rooms.push(room.0);
                    versions.push(self.0.get(&topic).copied().unwrap_or(-1));
                }
                Topic::Dispute(dispute) => disputes.push(dispute.0),
            }
        }
        let mut moved = moved_rooms(app, &rooms, &versions).await?;
        moved.extend(moved_disputes(app, &disputes).await?);
        for (topic, version) in moved {
            if self.0.insert(topic, version) != Some(version) {
                touch_all(app, &[topic]);
            }
        }
        Ok(())
    }
}

async fn moved_rooms(
    app: &App,
    rooms: &[Uuid],
    versions: &[i64],
) -> Result<Vec<(Topic, i64)>, ApiError> {
    let rows = sqlx::query!(
        r#"select room as "room!: RoomId", version as "version!" from rooms_moved($1, $2)"#,
        rooms,
        versions,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(rows.into_iter().map(|row| (Topic::Room(row.room), row.version)).collect())
}

async fn moved_disputes(app: &App, disputes: &[Uuid]) -> Result<Vec<(Topic, i64)>, ApiError> {
    let rows = sqlx::query!(
        r#"select id as "id: DisputeId", version from disputes where id = any ($1)"#,
        disputes,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(rows.into_iter().map(|row| (Topic::Dispute(row.id), row.version)).collect())
}
