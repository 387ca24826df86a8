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
    /// `None` if the tests run on SQLite, or with a PostgreSQL whose programs are not here.
    pub fn start() -> Option<Self> {
        std::env::var("RENKEI_TEST_DATABASE").ok().filter(|url| url.starts_with("postgres"))?;
        let path = std::env::var_os("PATH")?;
        let initdb =
            std::env::split_paths(&path).map(|folder| folder.join("initdb")).find(|file| file.is_file())?;
        let programs = initdb.canonicalize().ok()?.parent()?.to_owned();
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
        Some(cluster)
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

/// PostgreSQL refuses root.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
