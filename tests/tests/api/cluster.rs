//! A PostgreSQL cluster of a test's own, which the test may stop and start.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// It loses nothing that it has confirmed.
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Fails where PostgreSQL's programs are missing: a test that cannot run has not passed.
    pub fn start() -> Self {
        let programs = programs().expect(
            "this test needs PostgreSQL's programs (initdb, pg_ctl, postgres) on the PATH or in /usr/lib/postgresql: \
             install them, on Debian by `apt-get install postgresql`",
        );
        let folder = tempfile::Builder::new().prefix("renkei-postgres-").tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, programs, port };
        if is_root() {
            let owner = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status();
            assert!(owner.unwrap().success(), "there is a user postgres");
        }
        cluster.run(
            "initdb",
            &["--username=renkei", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        );
        let settings =
            format!("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nport = {port}\n");
        let conf = cluster.data().join("postgresql.conf");
        std::fs::OpenOptions::new().append(true).open(conf).unwrap().write_all(settings.as_bytes()).unwrap();
        cluster.control(&["start", "--wait"]);
        cluster
    }

    pub fn address(&self) -> String {
        format!("postgres://renkei@127.0.0.1:{}/postgres", self.port)
    }

    pub fn control(&self, arguments: &[&str]) {
        let log = format!("--log={}", self.folder.path().join("log").display());
        self.run("pg_ctl", &[arguments, &[&log]].concat());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        let data = format!("--pgdata={}", self.data().display());
        let done = command.arg(data).args(arguments).current_dir("/").stdout(Stdio::null()).status();
        assert!(done.unwrap().success(), "{} {arguments:?}", program.display());
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.control(&["stop", "--mode=immediate"]);
    }
}

/// The folder of PostgreSQL's programs: on the PATH, or where Debian keeps them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders = std::env::split_paths(&path).chain(debian.map(|version| version.path().join("bin")));
    let folder = folders.find(|folder| folder.join("initdb").is_file())?;
    Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned())
}

/// PostgreSQL refuses root.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
