//! Is the release binary the whole product? Copied alone into an empty folder, it must serve everything.

use crate::{product, say, summary::Counts};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Each check of the lonely binary, counted.
pub fn check() -> Result<Counts> {
    let binary = product::build()?;
    let folder = EmptyFolder::new()?;
    let copy = folder.0.join("renkei");
    std::fs::copy(binary, &copy)?;
    let mut counts = Counts::default();
    let mut judge = |what: &str, outcome: Result<()>| {
        match &outcome {
            Ok(()) => say::line(&format!("ok: {what}")),
            Err(error) => say::line(&format!("FAILED: {what}: {error:#}")),
        }
        counts.add(Counts::one(outcome.is_ok()));
    };

    judge("`renkei schema` prints the SDL that is committed", same_schema(&copy));
    let server = Server::start(&copy)?;
    judge("/healthz answers", server.get("/healthz").map(drop));
    let page = server.get("/")?;
    judge("/ is the client's page", expect(&page.text(), "<html lang=\"ja\""));
    let named = assets(&page.text());
    judge("the page names its script, its WASM and its style", names_all_kinds(&named));
    for asset in named.iter().map(String::as_str).chain(["/sw.js"]) {
        judge(&format!("{asset} is served"), server.get(asset).and_then(Answer::expect_content));
    }
    judge("a page's address leads to the client too", server.get("/regions").map(drop));
    let playground = server.get("/playground")?;
    judge("/playground asks to sign in", expect(&playground.text(), "/sign-in?next=%2Fplayground"));
    for asset in assets(&playground.text()) {
        judge(&format!("{asset} is served"), server.get(&asset).and_then(Answer::expect_content));
    }
    judge(
        "/graphql answers",
        server
            .post("/graphql", r#"{"query":"{ __typename }"}"#)
            .and_then(|answer| expect(&answer.text(), "Query")),
    );
    judge(
        "the demo account signs in",
        server.post("/graphql", SIGN_IN).and_then(|answer| expect(&answer.text(), "SignedIn")),
    );
    Ok(counts)
}

const SIGN_IN: &str =
    r#"{"query":"mutation { signIn(input: {login: \"honjo\", password: \"renkei-demo\"}) { __typename } }"}"#;

fn same_schema(binary: &Path) -> Result<()> {
    let printed = crate::run::output(Command::new(binary).arg("schema"))?;
    let committed = std::fs::read_to_string("crates/server/schema.graphql").context("no schema.graphql")?;
    if printed.trim() != committed.trim() {
        bail!("crates/server/schema.graphql is stale: `renkei schema` prints the new one");
    }
    Ok(())
}

fn expect(text: &str, part: &str) -> Result<()> {
    if !text.contains(part) {
        bail!("`{part}` is not in: {}", text.chars().take(300).collect::<String>());
    }
    Ok(())
}

/// Addresses on this server that the page's elements and its start script name.
fn assets(page: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split(['"', '\'', ' ', '=', '<', '>'])
        .filter(|text| {
            text.starts_with('/')
                && [".js", ".wasm", ".css", ".svg", ".woff2"].iter().any(|end| text.ends_with(end))
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

fn names_all_kinds(assets: &[String]) -> Result<()> {
    for kind in [".js", ".wasm", ".css"] {
        if !assets.iter().any(|asset| asset.ends_with(kind)) {
            bail!("no {kind}");
        }
    }
    Ok(())
}

/// A server of the copied binary, on a free port, with nothing of this environment.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(binary: &Path) -> Result<Self> {
        let mut child = Command::new(binary)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(binary.parent().unwrap_or(Path::new("/")))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the copied binary does not start")?;
        let stdout = child.stdout.take().context("no output")?;
        let mut server = Server { child, address: String::new() };
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            if let Some((_, address)) = line.split_once("http://") {
                server.address = address.split(['/', ' ']).next().unwrap_or(address).to_owned();
                return Ok(server);
            }
        }
        bail!("the server ended before it said where it listens")
    }

    fn get(&self, path: &str) -> Result<Answer> {
        self.request(&format!("GET {path} HTTP/1.1\r\nAccept: */*\r\n"), "")
    }

    fn post(&self, path: &str, json: &str) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            json.len()
        );
        self.request(&head, json)
    }

    fn request(&self, head: &str, body: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.address)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end =
            answer.windows(4).position(|four| four == b"\r\n\r\n").context("no end of the answer's head")?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        if !head.starts_with("HTTP/1.1 200") {
            bail!("{}", head.lines().next().unwrap_or_default());
        }
        Ok(Answer { body: answer.split_off(end + 4) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn expect_content(self) -> Result<()> {
        if self.body.is_empty() {
            bail!("empty");
        }
        Ok(())
    }
}

/// A temporary folder that goes with the value.
struct EmptyFolder(PathBuf);

impl EmptyFolder {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("renkei-alone-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        Ok(EmptyFolder(folder))
    }
}

impl Drop for EmptyFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_found_in_elements_and_in_the_start_script() {
        let page = r#"<link href="/app-1.css"><script>import init from '/app-1.js'; init('/app-1.wasm')</script><link href=/icon.svg><a href="/">"#;
        assert_eq!(assets(page), ["/app-1.css", "/app-1.js", "/app-1.wasm", "/icon.svg"]);
    }
}
