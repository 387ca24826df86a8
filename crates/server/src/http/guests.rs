//! Those behind a proxy: its connections carry everybody, so their requests and sockets are counted instead, by the
//! address that the proxy tells.

use super::address::client_address;
use super::admission::overloaded;
use super::crowd::Crowd;
use crate::Config;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

#[derive(Clone)]
pub struct Guests {
    crowd: Crowd,
    proxies: Arc<[IpAddr]>,
}

impl Guests {
    pub fn new(config: &Config) -> Self {
        Guests {
            crowd: Crowd::new(usize::MAX, config.bounds.of_address),
            proxies: config.proxies.clone().into(),
        }
    }
}

/// A socket takes its place with it, out of the request's extensions.
pub async fn counted(
    State(guests): State<Guests>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if !guests.proxies.contains(&peer.ip().to_canonical()) {
        return next.run(request).await;
    }
    let address = client_address(peer.ip(), request.headers(), &guests.proxies);
    let Ok(place) = guests.crowd.enter(Some(address)) else { return overloaded() };
    let place = Arc::new(place);
    request.extensions_mut().insert(place.clone());
    next.run(request).await
}
