//! How much the door bears: connections, requests, bytes and time. Each has a limit, so that nobody takes it all.

use std::time::Duration;

/// What an installation, or a test, may set. The defaults suit one server for many town halls.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Connections at a time; fewer, where the system gives fewer file handles.
    pub connections: usize,
    /// Connections of one address at a time. A whole town hall may sit behind one: browsers open six each, and a socket.
    /// Behind a known proxy, whose connections carry everybody: requests and sockets of one address.
    pub of_address: usize,
    /// Operations that run at a time. More of them would only wait for the database, each with its memory.
    pub executions: usize,
    /// Operations that wait for their turn.
    pub waiting: usize,
    /// How long they wait before they are sent away.
    pub turn: Duration,
    /// Bytes of answers that were not taken yet, of all connections together.
    pub answers: usize,
    /// Bytes of large bodies that are being received, of all connections together.
    pub bodies: usize,
    /// For the head of a request, from its first byte; for the first one, from the connection's beginning.
    pub head: Duration,
    /// Between two requests of a connection: longer than proxies keep theirs (nginx: 60 s), so that the server is not the
    /// one that closes under a request.
    pub idle: Duration,
    /// For all of a body.
    pub body: Duration,
    /// For the other end to catch up with [`Bounds::rate`] when it sends a body, or takes an answer, too slowly.
    pub slack: Duration,
    /// Bytes a second that a sender or a reader has to keep up: less than any line that people work on.
    pub rate: u32,
    /// For requests in flight, and for sockets to take leave, when the server is asked to stop.
    pub stop: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            connections: 10_000,
            of_address: 2_000,
            executions: 32,
            waiting: 128,
            turn: Duration::from_secs(2),
            answers: 256 << 20,
            bodies: 128 << 20,
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(60),
            slack: Duration::from_secs(20),
            rate: 1024,
            stop: Duration::from_secs(10),
        }
    }
}
