//! A PostgreSQL cluster for the tests alone: in a temporary folder, on a free port, gone when this process is gone.

use crate::{run, setup};
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_SECONDS: u64 = 60;

/// Makes a cluster in "$3", serves it on port "$2" until its input ends, then stops it and leaves nothing.
/// The input is a pipe that this process holds: it ends whatever ends the process, a Ctrl+C and a kill included.
const KEEPER: &str = r#"
"$1/initdb" --pgdata="$3/data" --username=renkei --auth=trust --encoding=UTF8 --locale=C --no-sync >"$3/log" 2>&1
"$1/postgres" -D "$3/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 >>"$3/log" 2>&1 &
server=$!
while read -r _; do :; done
kill -INT $server 2>/dev/null
wait $server
rm -rf "$3"
"#;

pub struct Cluster {
    keeper: Child,
    port: u16,
}

impl Cluster {
    pub fn start() -> Result<Self> {
        setup::ensure(&setup::DATABASE)?;
        let programs = setup::postgresql_bin()
            .context("PostgreSQL's programs are missing: apt-get install postgresql")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("renkei-postgres-{port}"));
        let mut shell = as_database_user(&folder)?;
        let keeper = shell
            .args(["-c", KEEPER, "keeper"])
            .arg(programs)
            .arg(port.to_string())
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            // A Ctrl+C at the terminal is for us; the keeper goes by its input alone.
            .process_group(0)
            .spawn()
            .context("PostgreSQL could not be started")?;
        let mut cluster = Cluster { keeper, port };
        cluster.wait_until_ready(&folder)?;
        Ok(cluster)
    }

    pub fn address(&self) -> String {
        format!("postgres://renkei@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, folder: &Path) -> Result<()> {
        let start = Instant::now();
        loop {
            let log = std::fs::read(folder.join("log")).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            if log.contains("ready to accept connections") {
                return Ok(());
            }
            if start.elapsed() > Duration::from_secs(START_SECONDS) || log.contains("FATAL") {
                bail!("PostgreSQL did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A shell that may run PostgreSQL, which refuses root, and the folder made for it.
fn as_database_user(folder: &PathBuf) -> Result<Command> {
    std::fs::create_dir(folder)?;
    if !run::is_root() {
        return Ok(run::program("sh"));
    }
    if run::answer(Command::new("id").arg("postgres")).is_none() {
        bail!("PostgreSQL does not run as root, and there is no user `postgres`: apt-get install postgresql");
    }
    run::run(Command::new("chown").arg("postgres").arg(folder))?;
    let mut shell = run::program("runuser");
    shell.args(["-u", "postgres", "--", "sh"]);
    Ok(shell)
}
