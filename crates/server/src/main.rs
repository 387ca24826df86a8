//! The `renkei` command.

use mimalloc::MiMalloc;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Gives back to the system what is free again, where the system's own allocator keeps much of it, and takes less time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let filter =
        EnvFilter::try_from_env("RENKEI_LOG").unwrap_or_else(|_| EnvFilter::new("warn,renkei_server=info"));
    // A log that cannot be written (a full disk, a closed pipe) is no reason to stop serving.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    renkei_server::cli::run().await
}
