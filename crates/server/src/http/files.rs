//! The client's files and the playground's: built into the release binary, read from disk by a debug build.

use super::etag;
use super::headers::{PAGE_POLICY, PLAYGROUND_POLICY};
use super::media::parse_weight;
use super::refusal::{not_allowed, not_found};

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

#[derive(rust_embed::Embed)]
#[folder = "../../frontend/dist"]
struct Dist;

#[derive(rust_embed::Embed)]
#[folder = "../../frontend/playground/dist"]
struct PlaygroundDist;

/// A file and the SHA-256 of its bytes.
pub struct File {
    data: Cow<'static, [u8]>,
    hash: [u8; 32],
}

impl From<rust_embed::EmbeddedFile> for File {
    fn from(file: rust_embed::EmbeddedFile) -> Self {
        File { hash: file.metadata.sha256_hash(), data: file.data }
    }
}

/// The files of one build, and what its pages may load.
pub struct Files {
    get: fn(&str) -> Option<File>,
    policy: HeaderValue,
}

const CLIENT: Files = Files { get: |name| Dist::get(name).map(File::from), policy: PAGE_POLICY };
pub const PLAYGROUND: Files =
    Files { get: |name| PlaygroundDist::get(name).map(File::from), policy: PLAYGROUND_POLICY };

const PAGE: &str = "index.html";
/// A page or a file that keeps its name when its bytes change: kept, but asked for again each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// A file with its content's hash in its name never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Any address that is not the API's.
pub async fn handle(uri: Uri, headers: HeaderMap) -> Response {
    CLIENT.find(uri.path(), &headers)
}

/// For other methods than GET and HEAD.
pub async fn read_only() -> Response {
    not_allowed("GET, HEAD", "このアドレスは閲覧だけができます。")
}

impl Files {
    /// A page by the name of its file.
    pub fn page(&self, name: &str, headers: &HeaderMap) -> Response {
        match (self.get)(name) {
            Some(page) => self.send(name, page, headers),
            None => not_built(),
        }
    }

    /// What pages load: a file with a hash in its name, never a page.
    pub fn hashed(&self, name: &str, headers: &HeaderMap) -> Response {
        match (self.get)(name).filter(|_| has_hash(name)) {
            Some(file) => self.send(name, file, headers),
            None => not_found(),
        }
    }

    /// A file, the client's page for the addresses that the client itself resolves, or nothing.
    fn find(&self, path: &str, headers: &HeaderMap) -> Response {
        let name = path.trim_start_matches('/');
        if is_clients_address(name) && accepts_html(headers) {
            return self.page(PAGE, headers);
        }
        match (self.get)(name) {
            Some(file) => self.send(name, file, headers),
            None => not_found(),
        }
    }

    /// The file as the build compressed it, where there is such a file and the browser reads it.
    fn send(&self, name: &str, plain: File, headers: &HeaderMap) -> Response {
        let packed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, suffix)| {
            let file = accepts_encoding(headers, encoding).then(|| (self.get)(&format!("{name}.{suffix}")));
            Some((encoding, file??))
        });
        let (encoding, file) = packed.map_or((None, plain), |(encoding, file)| (Some(encoding), file));
        let hash: String = file.hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::try_from(format!("\"{hash}\"")).ok();
        let mut response = if tag.as_ref().is_some_and(|tag| etag::matches(headers, tag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let encoding = encoding.map(|encoding| [(header::CONTENT_ENCODING, encoding)]);
            (encoding, [(header::CONTENT_TYPE, content_type(name))], file.data).into_response()
        };
        let headers = response.headers_mut();
        headers.extend(tag.map(|tag| (header::ETAG, tag)));
        headers.insert(header::CACHE_CONTROL, if has_hash(name) { IMMUTABLE } else { REVALIDATE });
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

/// The page itself, or `/regions/…`: the client knows whether there is something. No address of it has a dot.
fn is_clients_address(name: &str) -> bool {
    let apis = ["export", "graphql", "healthz"].contains(&name.split('/').next().unwrap_or_default());
    name == PAGE || (!name.contains('.') && !apis)
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_none_or(|accept| {
        accept.to_str().is_ok_and(|accept| accept.contains("text/html") || accept.contains("*/*"))
    })
}

fn accepts_encoding(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|choice| {
        let (name, weight) = choice.split_once(";q=").unwrap_or((choice, "1"));
        name.trim().eq_ignore_ascii_case(encoding) && parse_weight(weight).is_some_and(|weight| weight > 0.0)
    })
}

/// `renkei-frontend-1f3d5a7b9c2e4f60_bg.wasm`, `graphql.worker-4aa509f3c037a812.js`: the builds name files so.
fn has_hash(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let hash = stem.strip_suffix("_bg").unwrap_or(stem).rsplit('-').next().unwrap_or_default();
    hash.len() >= 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "ttf" => "font/ttf",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn not_built() -> Response {
    let text = "画面の部分がこのプログラムに組み込まれていません。\n\
                The client has not been built: run `cargo xtask build` (or `cargo xtask serve`).\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use sha2::{Digest, Sha256};

    const HASHED: &str = "renkei-frontend-1f3d5a7b9c2e4f60_bg.wasm";

    fn files(path: &str) -> Option<File> {
        let data: &'static [u8] = match path {
            PAGE => b"<!doctype html>",
            "sw.js" => b"// worker",
            HASHED => b"\0asm",
            "renkei-frontend-1f3d5a7b9c2e4f60_bg.wasm.br" => b"br",
            "renkei-frontend-1f3d5a7b9c2e4f60_bg.wasm.gz" => b"gz",
            _ => return None,
        };
        Some(File { data: Cow::Borrowed(data), hash: Sha256::digest(data).into() })
    }

    const BUILT: Files = Files { get: files, policy: PAGE_POLICY };

    fn get(path: &str, headers: &[(HeaderName, &'static str)]) -> Response {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        BUILT.find(path, &headers)
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn every_address_of_the_client_is_answered_with_its_page() {
        for path in ["/", "/index.html", "/sign-in", "/regions/0197/sheets/2026", "/regions/"] {
            let page = get(path, &[(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")]);
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&page, header::CACHE_CONTROL), "no-cache");
            let policy = header(&page, header::CONTENT_SECURITY_POLICY);
            assert_eq!(policy, PAGE_POLICY);
        }
        assert_eq!(get("/sign-in", &[]).status(), StatusCode::OK);
        assert_eq!(get("/sign-in", &[(header::ACCEPT, "application/json")]).status(), StatusCode::NOT_FOUND);
        for path in
            ["/missing.js", "/regions/plan.pdf", "/graphql/x", "/healthz/x", "/export/x", "/../Cargo.toml"]
        {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn files_with_a_hash_in_their_name_are_cached_for_good() {
        let wasm = get(&format!("/{HASHED}"), &[]);
        assert_eq!(header(&wasm, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header(&wasm, header::CONTENT_TYPE), "application/wasm");
        assert_eq!(header(&wasm, header::CONTENT_ENCODING), "");
        let worker = get("/sw.js", &[]);
        assert_eq!(header(&worker, header::CACHE_CONTROL), "no-cache");
        assert_eq!(header(&worker, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert_eq!(header(&worker, header::CONTENT_SECURITY_POLICY), PAGE_POLICY);
    }

    #[test]
    fn a_hash_stands_before_the_last_dot() {
        for name in [HASHED, "graphql.worker-4aa509f3c037a812.js", "codicon-c29a073e6b2e30aa.ttf"] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["index.html", "signed-out.html", "sw.js", "x-123.js", "4aa509f3c037a812/index.html", ""]
        {
            assert!(!has_hash(name), "{name}");
        }
    }

    #[test]
    fn compressed_siblings_are_sent_to_those_who_read_them() {
        for (accepted, sent) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("identity", ""),
        ] {
            let wasm = get(&format!("/{HASHED}"), &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(header(&wasm, header::CONTENT_ENCODING), sent, "{accepted}");
            assert_eq!(header(&wasm, header::VARY), "accept-encoding");
        }
    }

    #[test]
    fn what_the_browser_has_cached_is_not_sent_again() {
        let first = get("/", &[]);
        let tag: &'static str = header(&first, header::ETAG).to_owned().leak();
        let again = get("/", &[(header::IF_NONE_MATCH, tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, header::ETAG), tag);
        assert_eq!(get("/", &[(header::IF_NONE_MATCH, "\"0\"")]).status(), StatusCode::OK);
    }

    #[test]
    fn without_a_build_it_says_what_to_do() {
        let nothing = Files { get: |_| None, policy: PAGE_POLICY };
        let page = nothing.find("/", &HeaderMap::new());
        assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
