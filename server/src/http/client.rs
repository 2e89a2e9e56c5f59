//! Where a request comes from: the socket, or what our own proxies say of it.

use crate::app::App;
use crate::error::ApiError;
use crate::http::serve::Peer;
use axum::extract::FromRequestParts;
use axum::http::{Extensions, HeaderMap, request::Parts};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of whoever asks, as far as it cannot be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl Client {
    /// Each of our proxies appends the address it was asked from; what stands before their entries anybody may
    /// have written (SEC-DOS-05).
    pub fn of(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: usize) -> Self {
        let peer = extensions.get::<Peer>().map(|peer| peer.0.ip());
        let told = trusted_proxies.checked_sub(1).and_then(|others| {
            let hops = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
            let mut hops: Vec<&str> = hops.flat_map(|it| it.split(',')).map(str::trim).collect();
            hops.reverse();
            hops.get(others).and_then(|hop| hop.parse().ok())
        });
        let address: IpAddr = told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Self(address.to_canonical())
    }

    /// One household or one machine: an IPv6 customer has a whole /64.
    pub fn place(self) -> String {
        self.network(32, 64)
    }

    /// What is usually handed out to one small provider or company at a time.
    pub fn neighbourhood(self) -> String {
        self.network(24, 48)
    }

    fn network(self, v4: u32, v6: u32) -> String {
        match self.0 {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - v4).unwrap_or(0);
                Ipv4Addr::from(u32::from(ip) & mask).to_string()
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - v6).unwrap_or(0);
                Ipv6Addr::from(u128::from(ip) & mask).to_string()
            }
        }
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self::of(&parts.headers, &parts.extensions, app.config.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: usize, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer("192.0.2.9:1000".parse().unwrap()));
        Client::of(&headers, &extensions, proxies).0.to_string()
    }

    #[test]
    fn only_what_our_own_proxies_wrote_counts() {
        assert_eq!(client(0, &["203.0.113.1"]), "192.0.2.9");
        assert_eq!(client(1, &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(client(1, &["198.51.100.7, 203.0.113.1"]), "203.0.113.1");
        assert_eq!(client(1, &["198.51.100.7", "203.0.113.1"]), "203.0.113.1");
        assert_eq!(client(2, &["198.51.100.7, 203.0.113.1, 10.0.0.1"]), "203.0.113.1");
        assert_eq!(client(2, &["203.0.113.1"]), "192.0.2.9", "a proxy was passed by");
        assert_eq!(client(1, &["no address"]), "192.0.2.9");
        assert_eq!(client(1, &["::ffff:203.0.113.1"]), "203.0.113.1");
    }

    #[test]
    fn neighbours_share_a_network_and_strangers_do_not() {
        let of = |ip: &str| Client(ip.parse().unwrap());
        assert_eq!(of("203.0.113.77").place(), "203.0.113.77");
        assert_eq!(of("203.0.113.77").neighbourhood(), "203.0.113.0");
        assert_eq!(of("2001:db8:1:2:3::4").place(), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2:3::4").neighbourhood(), "2001:db8:1::");
    }
}
