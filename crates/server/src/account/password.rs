//! Passwords: argon2id, slow by design, away from the threads that answer requests, and only a few at a time.

use crate::{
    Fault,
    refusal::{Refusal, RefusalCode, Stop},
};
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use renkei_domain::text::composed;
use std::{
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

/// A hash that no password has: checking against it takes as long as against any other.
static NOBODY: LazyLock<Result<String, String>> =
    LazyLock::new(|| hashed("").map_err(|fault| fault.with_causes()));

static HASHING: LazyLock<Hashing> =
    LazyLock::new(|| Hashing::on(available_parallelism().map_or(1, usize::from)));

/// Who may hash when. Each hash takes 19 MiB and a core for some 20 ms.
struct Hashing {
    hashes: Arc<Semaphore>,
    /// For those who are signed in, and from networks where their login has succeeded before.
    known: Queue,
    /// For all others.
    unknown: Queue,
}

/// Attempts that are admitted, and of these how many go on at once.
struct Queue {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// One attempt's place in the queue; the next one goes on when it is dropped.
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

/// A password that was right.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    /// The hash to store instead, if the stored one is of the password as it was typed and not of its composed form.
    pub renewed: Option<String>,
}

impl Hashing {
    /// Half of the cores hash, and the others are left for reading and writing. Unknown ones take half of the hashes at
    /// most, or one: a known one does not wait behind all of them. A full queue is done in a second or two.
    fn on(cores: usize) -> Self {
        Self {
            hashes: Arc::new(Semaphore::new((cores / 2).max(1))),
            known: Queue::new(32 * cores, Semaphore::MAX_PERMITS),
            unknown: Queue::new(16 * cores, (cores / 4).max(1)),
        }
    }

    async fn turn(&self, known: bool) -> Result<Turn, Stop> {
        let queue = if known { &self.known } else { &self.unknown };
        let Ok(place) = queue.places.clone().try_acquire_owned() else {
            let message = "ただいまサインインが混み合っています。少し待ってから、もう一度お試しください。";
            return Err(Refusal::new(RefusalCode::TooManyAttempts, message).into());
        };
        let turn = queue.turns.clone().acquire_owned().await.map_err(Fault::from)?;
        Ok(Turn { _place: place, _turn: turn })
    }

    /// The permit goes along: work on another thread does not end when the request that waits for it is dropped.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let permit = self.hashes.clone().acquire_owned().await?;
        spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await?
    }
}

impl Queue {
    fn new(places: usize, turns: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), turns: Arc::new(Semaphore::new(turns)) }
    }
}

/// Waits until a password may be checked or hashed; refused if too many wait already.
pub async fn turn(known: bool) -> Result<Turn, Stop> {
    HASHING.turn(known).await
}

/// The hash of a password in its composed form.
pub async fn hash(password: String) -> Result<String, Fault> {
    HASHING.run(move || hashed(&composed(&password))).await
}

/// Whether a password is the one that was hashed; `None` if it is not. It is compared in its composed form, and as
/// typed, because hashes used to be of that. A hash of `None`: there is no such account, which takes as long to find
/// out.
pub async fn verify(typed: String, hash: Option<String>) -> Result<Option<Verified>, Fault> {
    HASHING
        .run(move || {
            let nobody = NOBODY.as_ref().map_err(Fault::new)?;
            let parsed = PasswordHash::new(hash.as_ref().unwrap_or(nobody)).map_err(unhashable)?;
            let argon2 = argon2()?;
            let is_right = |password: &str| argon2.verify_password(password.as_bytes(), &parsed).is_ok();
            let composed = composed(&typed);
            let renewed = if is_right(&composed) {
                None
            } else if typed != composed && is_right(&typed) {
                Some(hashed(&composed)?)
            } else {
                return Ok(None);
            };
            Ok(hash.is_some().then_some(Verified { renewed }))
        })
        .await
}

fn hashed(password: &str) -> Result<String, Fault> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| Fault::new(error.to_string()))?;
    let salt = SaltString::encode_b64(&salt).map_err(unhashable)?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(unhashable)?;
    Ok(hash.to_string())
}

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| Fault::new(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn unhashable(error: argon2::password_hash::Error) -> Fault {
    Fault::new(format!("password hash: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{
        StreamExt,
        future::{join, join_all},
        poll,
        stream::FuturesUnordered,
    };
    use std::sync::Mutex;

    async fn is_right(typed: &str, hash: &str) -> bool {
        verify(typed.to_owned(), Some(hash.to_owned())).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let hash = hash("renkei-demo".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_right("renkei-demo", &hash).await);
        assert!(!is_right("renkei-demi", &hash).await);
        assert_eq!(verify(String::new(), None).await.unwrap(), None);
    }

    #[tokio::test]
    async fn composed_and_decomposed_letters_are_the_same_password() {
        let hash = hash("cafe\u{301} か\u{3099}".to_owned()).await.unwrap();
        for typed in ["café が", "cafe\u{301} が", "cafe\u{301} か\u{3099}"] {
            let verified = verify(typed.to_owned(), Some(hash.clone())).await.unwrap();
            assert_eq!(verified, Some(Verified { renewed: None }), "{typed:?}");
        }
        assert!(!is_right("cafe が", &hash).await);
    }

    #[tokio::test]
    async fn a_hash_of_the_password_as_typed_is_renewed() {
        let before = hashed("cafe\u{301}").unwrap();
        assert!(!is_right("café", &before).await, "nobody knows the other spelling");
        let verified = verify("cafe\u{301}".to_owned(), Some(before)).await.unwrap().unwrap();
        let renewed = verified.renewed.unwrap();
        assert!(is_right("café", &renewed).await && is_right("cafe\u{301}", &renewed).await);
    }

    #[tokio::test]
    async fn a_queue_admits_some_and_refuses_the_rest() {
        let hashing = Hashing::on(2);
        let first = hashing.turn(false).await.unwrap();
        let waiting: Vec<_> = (0..31).map(|_| Box::pin(hashing.turn(false))).collect();
        let mut waiting: FuturesUnordered<_> = waiting.into_iter().collect();
        assert!(poll!(waiting.next()).is_pending(), "one goes on at a time");
        let Err(Stop::Refused(refusal)) = hashing.turn(false).await else { panic!("there is no place left") };
        assert_eq!(refusal.code, RefusalCode::TooManyAttempts);
        assert!(hashing.turn(true).await.is_ok(), "known ones have places of their own");
        drop(first);
        drop(waiting.next().await.unwrap().unwrap());
        drop(waiting);
        assert!(hashing.turn(false).await.is_ok());
    }

    #[tokio::test]
    async fn a_known_one_goes_before_unknown_ones_that_wait_already() {
        let hashing = Hashing::on(2);
        // Noted while one runs: when its end is noticed depends on the machine.
        let order = Arc::new(Mutex::new(Vec::new()));
        let attempt = async |known: bool, nth: usize| {
            let _turn = hashing.turn(known).await.unwrap();
            let noted = order.clone();
            let run = hashing.run(move || {
                noted.lock().unwrap().push((known, nth));
                Ok(())
            });
            run.await.unwrap();
        };
        let all = hashing.hashes.clone().acquire_owned().await.unwrap();
        let mut unknown = join_all((0..5).map(|nth| Box::pin(attempt(false, nth))));
        assert!(poll!(&mut unknown).is_pending());
        let mut known = Box::pin(attempt(true, 0));
        assert!(poll!(&mut known).is_pending());
        drop(all);
        join(unknown, known).await;
        let order = order.lock().unwrap().clone();
        assert!(order[..2].contains(&(true, 0)), "it waits for one of them at most: {order:?}");
    }
}
