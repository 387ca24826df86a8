//! The client's address, through proxies that the installation names.

use crate::App;
use axum::Extension;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Of a request, as an extension.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// Adds the [`ClientAddress`] to a request.
pub async fn find_client_address(
    State(app): State<App>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    mut request: Request,
) -> Request {
    let address = client_address(peer.ip(), request.headers(), &app.config.proxies);
    request.extensions_mut().insert(ClientAddress(address));
    request
}

/// By what limits count an address: one client of IPv6 has a whole /64 network of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

/// `X-Forwarded-For` is believed only as far as known proxies wrote it: anybody can send one.
pub fn client_address(socket: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut nearest = socket.to_canonical();
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut hops: Vec<&str> = forwarded.map(str::trim).collect();
    while proxies.contains(&nearest) {
        match hops.pop().and_then(parse) {
            Some(hop) => nearest = hop,
            None => break,
        }
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().ok();
    let address = address.or_else(|| hop.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen(socket: &str, forwarded: &[&'static str], proxies: &[&str]) -> String {
        let headers = forwarded
            .iter()
            .map(|value| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        client_address(socket.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        assert_eq!(seen("192.0.2.9", &["10.0.0.1"], &[]), "192.0.2.9");
        assert_eq!(seen("192.0.2.9", &["10.0.0.1"], &["127.0.0.1"]), "192.0.2.9");
        // What stands left of the proxy's own entry was sent by the client.
        assert_eq!(seen("127.0.0.1", &["10.9.9.9, 192.0.2.9"], &["127.0.0.1"]), "192.0.2.9");
    }

    #[test]
    fn the_address_that_a_known_proxy_names_is_believed() {
        assert_eq!(seen("127.0.0.1", &["192.0.2.9"], &["127.0.0.1"]), "192.0.2.9");
        assert_eq!(seen("::ffff:127.0.0.1", &["[2001:db8::1]:4711"], &["127.0.0.1"]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", &["192.0.2.9", "10.0.0.2"], &["127.0.0.1", "10.0.0.2"]), "192.0.2.9");
        assert_eq!(seen("127.0.0.1", &["nonsense"], &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[], &["127.0.0.1"]), "127.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let of = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:0:1:ffff::2"), "2001:db8:0:1::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }
}
