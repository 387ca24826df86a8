//! File handles: each connection is one, and systems give few of them unless they are asked.

/// Handles for everything else: the database, the log, those who are turned away.
const OWN: usize = 192;

/// As many of these connections as there can be handles for, once the system has been asked for all that it gives.
#[cfg(unix)]
pub fn connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = u64::try_from(wanted + OWN).unwrap_or(u64::MAX);
    let given = getrlimit(Resource::Nofile);
    let limit = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    let raised = needed.min(limit(given.maximum));
    if limit(given.current) < raised {
        let asked = Rlimit { current: Some(raised), maximum: given.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, asked) {
            tracing::warn!(%error, "no more file handles");
        }
    }
    let handles = usize::try_from(limit(getrlimit(Resource::Nofile).current)).unwrap_or(usize::MAX);
    let connections = wanted.min(handles.saturating_sub(OWN)).max(1);
    if connections < wanted {
        tracing::warn!(connections, wanted, handles, "fewer connections, for want of file handles");
    }
    connections
}

#[cfg(not(unix))]
pub fn connections(wanted: usize) -> usize {
    wanted
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn no_more_connections_than_handles() {
        assert_eq!(connections(10), 10);
        let most = connections(usize::MAX / 2);
        assert!((1..usize::MAX / 2).contains(&most), "{most}");
    }
}
