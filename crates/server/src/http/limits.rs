//! How much the server takes on: connections, requests, operations and time.

use std::time::Duration;

/// What an installation, or a test, may set. The defaults suit one server for many town halls. "Known" is a request with a
/// valid session or token; every other one is anonymous.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time, at most as many as there are file handles for. Further ones wait to be accepted.
    pub connections: usize,
    /// Connections at a time of one client address; further ones are closed. Those of known proxies are not counted. A
    /// whole town hall may share one address: browsers open six connections each, and a WebSocket.
    pub connections_per_address: usize,
    /// Requests of one client address, a second; and how many may come at once.
    pub requests_per_second: u32,
    pub request_burst: u32,
    /// The same for anonymous requests to the API and the playground: each page asks once, and each sign-in once.
    pub anonymous_per_second: u32,
    pub anonymous_burst: u32,
    /// Operations of known callers that run at a time. More would only wait for the database, each with its memory.
    pub operations: usize,
    /// Requests of known callers that wait for their turn to run; further ones are refused.
    pub queue: usize,
    /// The same for anonymous requests: few, so that known callers keep processors and database to themselves.
    pub anonymous_operations: usize,
    pub anonymous_queue: usize,
    /// For the head of a request, and between two requests of a connection. Longer than proxies keep idle connections
    /// (nginx: 60 s), so that the server does not close one just as a request comes.
    pub header_timeout: Duration,
    /// For a whole body.
    pub body_timeout: Duration,
    /// For a request to be answered, body and waiting included.
    pub request_timeout: Duration,
    /// For requests in flight and WebSockets to end, when the server is asked to stop.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 10_000,
            connections_per_address: 2_000,
            requests_per_second: 500,
            request_burst: 5_000,
            anonymous_per_second: 50,
            anonymous_burst: 500,
            operations: 32,
            queue: 512,
            anonymous_operations: 1,
            anonymous_queue: 256,
            header_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(90),
            stop_timeout: Duration::from_secs(10),
        }
    }
}
