//! The `renkei` program, as people start it.

use std::io::Write;
use std::net::TcpListener;
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
    /// Where its log is, if that is kept.
    log: Option<NamedTempFile>,
}

impl Serving {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::begin(command(folder, &serve(arguments)), None)
    }

    /// With its log in a file of its own.
    pub fn logging(folder: &Path, arguments: &[&str]) -> Self {
        let log = NamedTempFile::new().expect("a temporary file");
        Self::begin(command(folder, &serve(arguments)), Some(log))
    }

    /// On one core alone (Linux).
    pub fn on_core(core: usize, folder: &Path, arguments: &[&str]) -> Self {
        let mut pinned = Command::new("taskset");
        pinned.arg("--cpu-list").arg(core.to_string()).arg(program());
        Self::begin(settled(pinned, folder, &serve(arguments)), None)
    }

    /// With nobody who reads what it says or logs; on a port that was free just now, since it cannot tell.
    pub fn unheard(folder: &Path, arguments: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let listen = free.to_string();
        let mut command = command(folder, &[&["serve", "--listen", &listen], arguments].concat());
        let (_, said) = std::io::pipe().expect("a pipe");
        let (_, logged) = std::io::pipe().expect("a pipe");
        let child = command
            .env("RENKEI_LOG", "debug")
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(logged)
            .spawn()
            .expect("the program starts");
        let mut serving = Self { url: format!("http://{listen}"), greeting: String::new(), child, log: None };
        serving.wait(|_| ());
        serving
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        let log = self.log.as_ref().expect("its log is kept");
        String::from_utf8_lossy(&std::fs::read(log).expect("it can be read")).into_owned()
    }

    fn begin(mut command: Command, log: Option<NamedTempFile>) -> Self {
        let stderr =
            log.as_ref().map_or(Stdio::inherit(), |log| log.reopen().expect("a second handle").into());
        // A file, not a pipe: what is written before the server answers is there when it has answered.
        let said = NamedTempFile::new().expect("a temporary file");
        let child = command
            .stdin(Stdio::null())
            .stdout(said.reopen().expect("a second handle"))
            .stderr(stderr)
            .spawn()
            .expect("the program starts");
        let mut serving = Self { url: String::new(), greeting: String::new(), child, log };
        serving.wait(|serving| serving.listen(&said));
        serving.listen(&said);
        serving
    }

    /// Until it answers; between the tries, looks at what it says.
    fn wait(&mut self, look: impl Fn(&mut Self)) {
        let deadline = Instant::now() + START;
        while !self.answers() {
            assert!(Instant::now() < deadline, "the server does not answer:\n{}", self.greeting);
            assert!(self.child.try_wait().is_ok_and(|ended| ended.is_none()), "the server has ended");
            std::thread::sleep(Duration::from_millis(20));
            look(self);
        }
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

    /// The process that serves.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, in the middle of whatever it does (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
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

/// On a free port.
fn serve<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["serve", "--listen", "127.0.0.1:0"], arguments].concat()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    settled(Command::new(program()), folder, arguments)
}

/// The program in a folder, with nothing set but what a test says.
fn settled(mut command: Command, folder: &Path, arguments: &[&str]) -> Command {
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
