//! Passwords: argon2id, slow by design, away from the threads that answer requests.

use crate::Fault;
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use std::sync::LazyLock;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// A hash that no password has: checking against it takes as long as against any other.
static NOBODY: LazyLock<Result<String, String>> = LazyLock::new(|| hashed("").map_err(|fault| fault.told()));

/// Hashes at a time. Each takes 19 MiB and a core for some 20 ms: a flood of sign-ins waits, the rest goes on.
static HASHING: Semaphore = Semaphore::const_new(2);

pub async fn hash(password: String) -> Result<String, Fault> {
    let _permit = HASHING.acquire().await?;
    spawn_blocking(move || hashed(&password)).await?
}

/// Whether a password is the one that was hashed. `None`: there is no such account, which takes as long to find out.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Fault> {
    let _permit = HASHING.acquire().await?;
    spawn_blocking(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => NOBODY.clone().map_err(Fault::new)?,
        };
        let parsed = PasswordHash::new(&hash).map_err(unhashable)?;
        Ok(argon2()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
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

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let hash = hash("renkei-demo".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("renkei-demo".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!verify("renkei-demi".to_owned(), Some(hash)).await.unwrap());
        assert!(!verify(String::new(), None).await.unwrap());
    }
}
