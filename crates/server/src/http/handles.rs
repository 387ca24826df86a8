//! File handles: each connection takes one, and systems give few of them unless they are asked.

/// Handles for everything else: the database, the log.
const OTHER: usize = 192;

/// As many of these connections as there can be handles for, once the system has been asked for all that it gives.
#[cfg(unix)]
pub fn connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = u64::try_from(wanted + OTHER).unwrap_or(u64::MAX);
    let given = getrlimit(Resource::Nofile);
    let raised = needed.min(given.maximum.unwrap_or(u64::MAX));
    if given.current.is_some_and(|current| current < raised)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..given })
    {
        tracing::warn!(%error, "no more file handles");
    }
    let handles = getrlimit(Resource::Nofile).current.and_then(|handles| usize::try_from(handles).ok());
    let connections = handles.map_or(wanted, |handles| wanted.min(handles.saturating_sub(OTHER)).max(1));
    if connections < wanted {
        tracing::warn!(connections, wanted, "fewer connections, for want of file handles");
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
