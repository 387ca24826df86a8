//! The `renkei` program, as people start it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// For a debug build on a busy machine that sets up a database.
const START: Duration = Duration::from_secs(60);

/// What a run of the program has said.
#[derive(Debug)]
pub struct Output {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Fails the test unless the program succeeded.
    #[track_caller]
    pub fn expect_success(self) -> Self {
        assert!(self.success, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// Runs the program in a folder, with something to read.
pub fn renkei(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = command(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A program that refuses its arguments does not read.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `renkei serve` in a process of its own; ends with the test.
pub struct Serving {
    pub url: String,
    /// What it has said before it served.
    pub greeting: String,
    child: Child,
}

impl Serving {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        // A file, not a pipe: what is written before the server answers is there when it has answered.
        let said = NamedTempFile::new().expect("a temporary file");
        let child = command(folder, &["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(said.reopen().expect("a second handle"))
            .spawn()
            .expect("the program starts");
        let mut serving = Self { url: String::new(), greeting: String::new(), child };
        let deadline = Instant::now() + START;
        while !serving.answers() {
            assert!(Instant::now() < deadline, "the server does not answer:\n{}", serving.greeting);
            assert!(serving.child.try_wait().is_ok_and(|ended| ended.is_none()), "the server has ended");
            std::thread::sleep(Duration::from_millis(20));
            serving.listen(&said);
        }
        serving.listen(&said);
        serving
    }

    /// Reads what the program has said so far, and from it the address.
    fn listen(&mut self, said: &NamedTempFile) {
        self.greeting = std::fs::read_to_string(said).expect("what it says is UTF-8");
        let address = self.greeting.lines().find(|line| line.starts_with("http://"));
        self.url = address.unwrap_or_default().trim_end_matches('/').to_owned();
    }

    fn answers(&self) -> bool {
        !self.url.is_empty() && ureq::get(format!("{}/healthz", self.url)).call().is_ok()
    }

    /// Asks it to stop as a service manager does; whether it ended well.
    pub fn stop(mut self) -> bool {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "the server can be asked to stop");
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder).env_remove("RENKEI_DATABASE").env_remove("RENKEI_LISTEN");
    command
}

/// The program under test: the one that is named, or the debug build, made up to date.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| match std::env::var_os("RENKEI_BIN") {
        Some(program) => std::path::absolute(Path::new(&program)).ok(),
        None => build(),
    });
    program.as_deref().expect("RENKEI_BIN names the program, or it can be built")
}

fn build() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "renkei-server", "--bin", "renkei"])
        .current_dir(&root)
        .status();
    built.ok().filter(|status| status.success())?;
    // Beside the folder in which this test itself lies.
    let test = std::env::current_exe().ok()?;
    test.ancestors().map(|folder| folder.join("renkei")).find(|program| program.is_file())
}
