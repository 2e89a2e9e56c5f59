//! Signing in as the walker's people: residents by text message, staff by password and authenticator.

use crate::accounts::second_factor;
use crate::demo::walk::answer::cut;
use crate::demo::walk::people::{Key, Person};
use crate::demo::walk::walker::{Ask, Login, Walker};
use crate::demo::{PASSWORD, SECRET};
use crate::embedded;
use crate::notify::sms;
use anyhow::Context;
use protocol::account::{LoginCodeSent, SignedIn};
use serde_json::json;
use std::fs;
use std::io::{self, ErrorKind};
use std::time::Duration;

const TEXTS_COME_WITHIN: Duration = Duration::from_secs(10);
const DEVICE: &str = "ala demo walk";

impl Walker {
    pub(super) async fn token(&mut self, who: &Person) -> anyhow::Result<String> {
        let known = self.logins.get(&who.key);
        if let Some(token) = known.and_then(|login| login.access_token.clone()) {
            return Ok(token);
        }
        let lasting = known.filter(|login| login.expires_at > self.now);
        let refresh = lasting.map(|login| login.refresh_token.clone());
        let signed_in = match (&who.key, refresh) {
            (Key::Phone(_), Some(refresh)) => self.refresh(who, &refresh).await?,
            (Key::Phone(phone), None) => self.by_phone(who, phone).await?,
            (Key::Username(username), _) => self.by_password(who, username).await?,
        };
        let token = signed_in.access_token.clone();
        let login = Login {
            refresh_token: signed_in.refresh_token,
            expires_at: signed_in.expires_at,
            access_token: Some(signed_in.access_token),
        };
        self.logins.insert(who.key.clone(), login);
        Ok(token)
    }

    async fn by_phone(&mut self, who: &Person, phone: &str) -> anyhow::Result<SignedIn> {
        let (name, known) = (who.described(), self.text_messages()?.len());
        let asked = Ask::post("/v1/login-codes", json!({"phone": phone}));
        let sent = self.by_anybody(&name, "asks for a code to sign in with", asked).await?;
        let sent: LoginCodeSent = sent.tells("next_at")?.read()?;
        let text = self.text_with_code_to(phone, known)?;
        let code = digits(&text, 6).context("there is no code in the text message")?;
        let body = json!({
            "phone": phone, "login_code": sent.login_code, "code": code, "device": DEVICE, "name": who.name
        });
        let signed_in =
            self.by_anybody(&name, "signs in with it", Ask::post("/v1/logins", body)).await?;
        signed_in.shows("role", "resident")?.tells("access_expires_at")?.read()
    }

    async fn refresh(&self, who: &Person, token: &str) -> anyhow::Result<SignedIn> {
        println!("\n      (the app of {} asks for a new access token)", who.name);
        let body = json!({"refresh_token": token});
        self.ask(None, Ask::post("/v1/logins/refresh", body)).await?.read()
    }

    async fn by_password(&mut self, who: &Person, username: &str) -> anyhow::Result<SignedIn> {
        let code = second_factor::code(SECRET, self.now)?;
        let body =
            json!({"username": username, "password": PASSWORD, "code": code, "device": DEVICE});
        let what = "signs in with password and authenticator";
        let asked = Ask::post("/v1/staff-logins", body);
        self.by_anybody(&who.described(), what, asked).await?.tells("role")?.read()
    }

    /// Everything that the demo has sent to phones so far.
    pub fn text_messages(&self) -> io::Result<String> {
        match fs::read_to_string(sms::log_in(&self.data)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read,
        }
    }

    /// The newest text message with a code to a phone, once it has come, past what was known before. Others, that there is
    /// news, come when they come.
    pub fn text_with_code_to(&self, phone: &str, known: usize) -> anyhow::Result<String> {
        let look = || {
            let all = self.text_messages()?;
            let new = all.get(known..).unwrap_or_default();
            let mut to_phone = new.lines().rev().filter_map(|line| line.strip_prefix(phone));
            Ok(to_phone.find(|text| digits(text, 6).is_some()).map(str::to_owned))
        };
        let text = embedded::poll(TEXTS_COME_WITHIN, look)?
            .with_context(|| format!("no text message has come to {phone}"))?;
        println!("        text message: {}", cut(text.trim()));
        Ok(text)
    }
}

/// The first run of exactly so many digits.
pub fn digits(text: &str, count: usize) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == count)
}
