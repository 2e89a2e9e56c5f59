//! Says when to read: by hint at once, and by looking round every two seconds whatever was lost.

use crate::app::App;
use crate::db::Hint;
use crate::live::logins;
use crate::live::look::{self, ENDED, Suspects};
use crate::live::socket::restarting;
use crate::live::{feed, reading};
use crate::rounds::{Place, every};
use protocol::live::ServerFrame;
use protocol::{DisputeId, LoginId};

/// Until the server stops; then every socket is sent away.
pub async fn run(app: &App) {
    let mut rounds = every(app.live.bounds.look_round, Place::Sockets);
    let mut suspects = Suspects::new();
    loop {
        tokio::select! {
            () = app.stop.cancelled() => break,
            _ = rounds.tick() => {}
            () = app.live.look.notified() => {}
        }
        let round = look::round(app, &mut suspects);
        if let Some(Err(error)) = app.stop.run_until_cancelled(round).await {
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

pub fn touch_all(app: &App, dispute: DisputeId) {
    for live in app.live.followers(dispute) {
        feed::touch(app, &live, dispute);
    }
}

async fn end_login(app: &App, login: LoginId) {
    let sockets = app.live.of_login(login);
    if sockets.is_empty() {
        app.live.logins.forget(login);
    }
    for live in sockets {
        match logins::ask(app, &live.claims()).await {
            Ok(Some(actor)) if logins::is_same(&actor, &live.actor) => {}
            Ok(_) => live.outbox.close(ENDED),
            Err(error) => {
                tracing::warn!(%error, "a login could not be looked at; the next round does");
            }
        }
    }
}
