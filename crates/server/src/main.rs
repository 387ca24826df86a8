//! The `renkei` command.

use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter =
        EnvFilter::try_from_env("RENKEI_LOG").unwrap_or_else(|_| EnvFilter::new("warn,renkei_server=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    renkei_server::cli::run().await
}
