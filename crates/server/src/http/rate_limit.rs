//! Limits of requests a second by client address. They are generous: floods from many addresses are the reverse proxy's
//! business.

use super::address::{ClientAddress, network};
use super::limits::Limits;
use super::refusal::too_many_requests;
use crate::App;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

pub struct RateLimits {
    requests: DefaultKeyedRateLimiter<IpAddr>,
    anonymous: DefaultKeyedRateLimiter<IpAddr>,
}

impl RateLimits {
    pub fn new(limits: &Limits) -> Self {
        RateLimits {
            requests: limiter(limits.requests_per_second, limits.request_burst),
            anonymous: limiter(limits.anonymous_per_second, limits.anonymous_burst),
        }
    }

    /// Forgets addresses that have not sent anything for as long as it takes to regain a whole burst.
    pub fn retain_recent(&self) {
        for limiter in [&self.requests, &self.anonymous] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// Counts an anonymous request to the API. Refused: how long to wait.
    pub fn check_anonymous(&self, address: IpAddr) -> Result<(), Duration> {
        check(&self.anonymous, address)
    }
}

/// Counts every request.
pub async fn limit_requests(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    match check(&app.rate_limits.requests, address) {
        Ok(()) => next.run(request).await,
        Err(wait) => too_many_requests(wait),
    }
}

fn limiter(per_second: u32, burst: u32) -> DefaultKeyedRateLimiter<IpAddr> {
    let positive = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_second(positive(per_second)).allow_burst(positive(burst)))
}

fn check(limiter: &DefaultKeyedRateLimiter<IpAddr>, address: IpAddr) -> Result<(), Duration> {
    limiter
        .check_key(&network(address))
        .map_err(|refused| refused.wait_time_from(DefaultClock::default().now()))
}
