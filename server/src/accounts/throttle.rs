//! How often one address may try to get in (SEC-SMS-03, SEC-SMS-07): closed while nobody can count.

use crate::app::App;
use crate::error::ApiError;
use crate::http::Client;
use crate::http::limits::{Blind, Limit};
use protocol::account::Installation;
use std::time::Duration;

const TEN_MINUTES: Duration = Duration::from_secs(600);

const CODES: Limit =
    Limit { name: "codes_address", most: 10, window: TEN_MINUTES, blind: Blind::Closed };
/// Whoever makes up a new name each time is stopped by the limits for addresses and numbers.
const CODES_DEVICE: Limit = Limit {
    name: "codes_device",
    most: 5,
    window: Duration::from_secs(3_600),
    blind: Blind::Closed,
};
const CODES_NETWORK: Limit = Limit {
    name: "codes_network",
    most: 50,
    window: Duration::from_secs(3_600),
    blind: Blind::Closed,
};
/// Behind one address there may be a whole station, so this is wide; each account has its own narrow one.
const ATTEMPTS: Limit =
    Limit { name: "attempts_address", most: 100, window: TEN_MINUTES, blind: Blind::Closed };

/// Before a code is sent.
pub async fn sending(
    app: &App,
    client: Client,
    installation: Option<&Installation>,
) -> Result<(), ApiError> {
    let now = app.clock.now();
    app.limits.take(&CODES, &client.place(), now).await?;
    if let Some(installation) = installation {
        app.limits.take(&CODES_DEVICE, installation.as_str(), now).await?;
    }
    // Last: what an address is refused does not count against its neighbours.
    app.limits.take(&CODES_NETWORK, &client.neighbourhood(), now).await?;
    Ok(())
}

/// Before anything that was sent or shown is tried.
pub async fn trying(app: &App, client: Client) -> Result<(), ApiError> {
    Ok(app.limits.take(&ATTEMPTS, &client.place(), app.clock.now()).await?)
}
