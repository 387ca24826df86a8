//! Finished answers, kept as bytes for whoever asks the same and may see and do the same.
//!
//! An answer stands under all that it depends on: the operation, the rights of whoever asks, the numbers and moments of the
//! last changes of the regions that they read, the schema and the program; under who they are as well, where the operation
//! asks for the viewer. Rights and numbers are read with the session, before the operation runs. So an answer may be newer
//! than what it stands under, and never older, on whichever server something was changed.

use super::etag;
use super::files::accepts_encoding;
use super::media::Media;
use crate::caller::Identity;
use crate::graphql;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::{future::Cache, policy::EvictionPolicy};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::UNIX_EPOCH;

/// Bytes that are kept unless an installation says otherwise.
pub const BYTES: u64 = 8 << 20;
/// Answers of fewer bytes are sent as they are.
pub const COMPRESSED_FROM: usize = 1024;
/// Of 11: beyond it, the time goes up more than the size goes down.
const BROTLI_QUALITY: i32 = 4;
/// Of an entry, besides its answer.
const OVERHEAD: usize = 512;

/// `None`: nothing is kept.
pub struct Answers(Option<Cache<Key, Arc<Answer>>>);

/// A hash of all that an answer depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// Under what an answer stands: for all who may see and do the same, or for one account.
pub struct Keys {
    shared: Key,
    own: Key,
}

/// Who gets the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever may see and do the same.
    Shared,
    /// The operation asks who asks.
    Own,
}

/// An answer without errors.
pub struct Answer {
    media: Media,
    tag: HeaderValue,
    plain: Bytes,
    /// Made when somebody asks for them.
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Answers {
    /// Keeps so many bytes; 0: none.
    pub fn new(bytes: u64) -> Self {
        let kept = || {
            // The newest stay: what stands under a number that has passed is never asked for again, however often it was.
            Cache::builder()
                .weigher(|_, answer: &Arc<Answer>| answer.weight())
                .max_capacity(bytes)
                .eviction_policy(EvictionPolicy::lru())
        };
        Answers((bytes > 0).then(|| kept().build()))
    }

    /// The answer to a request that was answered before.
    pub async fn find(&self, keys: &Keys) -> Option<Arc<Answer>> {
        let kept = self.0.as_ref()?;
        match kept.get(&keys.shared).await {
            Some(answer) => Some(answer),
            None => kept.get(&keys.own).await,
        }
    }

    /// The same, or one that is made now, once for all who ask at the same time; `None`: it could not be made.
    pub async fn find_or_make(
        &self,
        key: Key,
        make: impl Future<Output = Option<Answer>>,
    ) -> Option<Arc<Answer>> {
        let make = async { make.await.map(Arc::new) };
        match &self.0 {
            Some(kept) => kept.optionally_get_with(key, make).await,
            None => make.await,
        }
    }

    /// Forgets all of them: for whoever changes the database without the log.
    pub fn clear(&self) {
        self.0.iter().for_each(Cache::invalidate_all);
    }
}

impl Keys {
    /// `None`: no answer is kept for them. An operator's queries are logged, so they are executed each time.
    pub fn of(request: &async_graphql::Request, media: Media, identity: &Identity) -> Option<Self> {
        let viewer = identity.viewer();
        if viewer.account.operator {
            return None;
        }
        let rights = match (identity.by_token(), identity.reads_only()) {
            (false, _) => "session",
            (true, false) => "token",
            (true, true) => "token that only reads",
        };
        let variables = serde_json::to_vec(&request.variables).ok()?;
        let mut hash = Sha256::new_with_prefix(*PROGRAM);
        add(&mut hash, format!("{media:?} {rights}"));
        add(&mut hash, &request.query);
        add(&mut hash, request.operation_name.as_deref().unwrap_or_default());
        add(&mut hash, variables);
        add(&mut hash, viewer.account.organization.id.0);
        for membership in &viewer.memberships {
            add(&mut hash, membership.region.id.0);
            let region = &membership.region;
            add(&mut hash, format!("{:?} {} {}", membership.role, region.seq, region.changed_at));
        }
        let own = hash.clone().chain_update(viewer.account.id.0);
        Some(Keys { shared: Key(hash.finalize().into()), own: Key(own.finalize().into()) })
    }

    pub fn of_audience(&self, audience: Audience) -> Key {
        match audience {
            Audience::Shared => self.shared,
            Audience::Own => self.own,
        }
    }
}

/// With its length, so that what is added one after the other is not the same as in other pieces.
fn add(hash: &mut Sha256, part: impl AsRef<[u8]>) {
    let part = part.as_ref();
    hash.update(part.len().to_le_bytes());
    hash.update(part);
}

/// The schema, and which build of the program serves it.
static PROGRAM: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(std::fs::metadata).ok();
    let built = file.as_ref().and_then(|file| file.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    Sha256::digest(format!("{} {:?} {built:?}", graphql::sdl(), file.map(|file| file.len()))).into()
});

impl Key {
    /// The entity tag of its answer; weak, because the same answer is compressed in several ways.
    pub fn tag(self) -> Option<HeaderValue> {
        let hash: String = self.0.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        HeaderValue::try_from(format!("W/\"{hash}\"")).ok()
    }
}

impl Answer {
    /// `body` is JSON.
    pub fn new(media: Media, tag: HeaderValue, body: Vec<u8>) -> Self {
        let (brotli, gzip) = (OnceLock::new(), OnceLock::new());
        Answer { media, tag, plain: exactly(body), brotli, gzip }
    }

    /// What it takes, with its compressed forms, which are some tenth of it and may be made later.
    fn weight(&self) -> u32 {
        u32::try_from(OVERHEAD + self.plain.len() / 4 * 5).unwrap_or(u32::MAX)
    }

    /// For a request with these headers. `tagged`: it may be asked for again by its tag.
    pub fn respond(&self, headers: &HeaderMap, tagged: bool) -> Response {
        if tagged && etag::matches(headers, &self.tag) {
            return etag::not_modified(self.tag.clone());
        }
        let (encoding, body) = self.encoded(headers);
        let kind = [(header::CONTENT_TYPE, self.media.content_type())];
        let mut response = (kind, body).into_response();
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if tagged { etag::with_tag(response, self.tag.clone()) } else { response }
    }

    fn encoded(&self, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
        if self.plain.len() < COMPRESSED_FROM {
            (None, self.plain.clone())
        } else if accepts_encoding(headers, "br") {
            (Some("br"), self.brotli.get_or_init(|| exactly(brotli(&self.plain))).clone())
        } else if accepts_encoding(headers, "gzip") {
            (Some("gzip"), self.gzip.get_or_init(|| exactly(gzip(&self.plain))).clone())
        } else {
            (None, self.plain.clone())
        }
    }
}

/// Without the room that a vector has at its end, up to as much as it holds.
fn exactly(bytes: Vec<u8>) -> Bytes {
    bytes.into_boxed_slice().into()
}

/// The power of two of a window that holds all of it. A wider one finds no more, and its memory is cleared first: 8 MB for
/// the widest.
fn window(bytes: usize) -> i32 {
    bytes.next_power_of_two().ilog2().clamp(16, 22) as i32
}

/// Writing to memory does not fail.
fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: window(plain.len()),
        size_hint: plain.len(),
        ..Default::default()
    };
    let _ = brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters);
    packed
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    let _ = packed.write_all(plain);
    packed.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn answer(body: &str) -> Answer {
        Answer::new(Media::Json, HeaderValue::from_static("W/\"ab\""), body.as_bytes().to_vec())
    }

    fn accepting(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding))])
    }

    #[test]
    fn what_is_packed_is_the_answer() {
        let body = "{\"data\":{\"name\":\"本庄市児玉郡\"}}".repeat(100);
        let answer = answer(&body);
        assert_eq!(answer.encoded(&HeaderMap::new()), (None, Bytes::from(body.clone())));
        let (encoding, packed) = answer.encoded(&accepting("gzip, br"));
        assert_eq!(encoding, Some("br"));
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &packed[..], &mut plain).unwrap();
        assert_eq!(plain, body.as_bytes());
        let (encoding, packed) = answer.encoded(&accepting("gzip"));
        assert_eq!(encoding, Some("gzip"));
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, body);
    }

    #[test]
    fn a_short_answer_is_not_packed() {
        assert_eq!(answer("{}").encoded(&accepting("br")), (None, Bytes::from_static(b"{}")));
    }

    #[tokio::test]
    async fn the_newest_is_kept_though_older_ones_were_asked_for_more_often() {
        let answers = Answers::new(100_000);
        let kept = answers.0.as_ref().unwrap();
        let body = "x".repeat(20_000);
        for n in 0..20_u8 {
            for _ in 0..20 {
                answers.find_or_make(Key([n; 32]), async { Some(answer(&body)) }).await.unwrap();
            }
        }
        answers.find_or_make(Key([20; 32]), async { Some(answer(&body)) }).await.unwrap();
        kept.run_pending_tasks().await;
        assert!(kept.get(&Key([20; 32])).await.is_some());
        assert!(kept.get(&Key([0; 32])).await.is_none());
    }

    #[tokio::test]
    async fn no_more_is_kept_than_there_is_room_for() {
        let answers = Answers::new(100_000);
        for n in 0..100_u8 {
            let body = "x".repeat(10_000);
            answers.find_or_make(Key([n; 32]), async { Some(answer(&body)) }).await.unwrap();
        }
        let kept = answers.0.as_ref().unwrap();
        kept.run_pending_tasks().await;
        assert!(kept.weighted_size() <= 100_000 && kept.entry_count() > 0);
    }
}
