//! How often one address may try to get in (SEC-SMS-03, SEC-SMS-07): closed while nobody can count.

use crate::app::App;
use crate::error::ApiError;
use crate::http::Client;
use crate::http::limits::{Blind, Limit};
use std::time::Duration;

const TEN_MINUTES: Duration = Duration::from_secs(600);

const CODES: Limit =
    Limit { name: "codes_address", most: 10, window: TEN_MINUTES, blind: Blind::Closed };
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
pub async fn sending(app: &App, client: Client) -> Result<(), ApiError> {
    let now = app.clock.now();
    app.limits.take(&CODES, &client.place(), now).await?;
    // Last: what an address is refused does not count against its neighbours.
    app.limits.take(&CODES_NETWORK, &client.neighbourhood(), now).await?;
    Ok(())
}

/// Before anything that was sent or shown is tried.
pub async fn trying(app: &App, client: Client) -> Result<(), ApiError> {
    Ok(app.limits.take(&ATTEMPTS, &client.place(), app.clock.now()).await?)
}
