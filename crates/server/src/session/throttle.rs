//! What slows guessing of passwords down.
//!
//! A *network* is an IPv4 address or the first 64 bits of an IPv6 one; it is *known* for a login that has succeeded
//! there. Failures of the last [`SIGN_IN_MINUTES`](limits::SIGN_IN_MINUTES) minutes count:
//!
//! - of a login in a network: after [`SIGN_IN_FAILURES`](limits::SIGN_IN_FAILURES) there is a wait;
//! - in a network, of all logins that it is not known for: after [`OF_NETWORK`] there is a wait for such logins;
//! - of a login in all networks that are not known for it: after [`OF_LOGIN`] each answer to such a network comes
//!   [`DELAY`] later, and there is a wait after [`WHILE_GUESSED`] failures in the same one. The HTTP layer delays it, where
//!   it keeps no other request waiting.
//!
//! So a known network waits for nothing but its own failures, and a new one is always answered, after the delay at
//! most. A login that does not exist is counted like any other. An attempt counts as failed until it has succeeded, so
//! that many at once don't slip through.

use super::{TokenHash, store};
use crate::{
    Db, Fault,
    clock::{self, DAY, MINUTE},
    db::{Read, Write},
    refusal::{Refusal, RefusalCode, Stop},
};
use renkei_domain::limits;
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

/// Failures in a network, of logins that it is not known for.
const OF_NETWORK: u64 = 30;
/// Failures of a login, in networks that are not known for it, after which it counts as being guessed.
const OF_LOGIN: u64 = 20;
/// Failures of a login that is being guessed, in one network.
const WHILE_GUESSED: u64 = 3;
/// How much later the answer comes for a login that is being guessed.
pub const DELAY: Duration = Duration::from_secs(3);
const WINDOW: i64 = limits::SIGN_IN_MINUTES * MINUTE;
/// For how long after its last success a network is known for a login.
const KNOWN: i64 = 90 * DAY;

/// Which failures count.
pub enum Counted {
    /// Of a login, in networks that are not known for it.
    OfLogin,
    /// In a network, of logins that it is not known for.
    InNetwork,
    OfLoginInNetwork,
}

/// One attempt to sign in, or to show again that one knows one's password.
pub struct Attempt {
    /// A hash: what was typed as a login may be a password.
    pub login: String,
    pub network: String,
    /// The login has succeeded in this network, or is signed in.
    pub known: bool,
}

impl Attempt {
    pub async fn new(db: &Db, login_key: &str, address: IpAddr, signed_in: bool) -> Result<Self, Fault> {
        let login = TokenHash::of(login_key).as_str().to_owned();
        let network = network(address).to_string();
        let since = clock::now() - KNOWN;
        let known = signed_in || store::is_known(db.direct(), &login, &network, since).await?;
        Ok(Self { login, network, known })
    }

    /// Whether the login is being guessed, so that the answer has a delay; refused if there is a wait.
    pub async fn check(&self, db: &Db) -> Result<bool, Stop> {
        self.is_guessed(&db.read().await?).await
    }

    /// Counts it as failed, and gives the number under which it is counted; refused if there is a wait by now.
    pub async fn reserve(&self, db: &Db) -> Result<i64, Stop> {
        let write = db.write().await?;
        store::lock_failures(&write).await?;
        self.is_guessed(&write).await?;
        let id = store::insert_failure(&write, self, clock::now()).await?;
        write.commit().await?;
        Ok(id)
    }

    /// It has succeeded: it counts no longer, and its network is known.
    pub async fn release(&self, write: &Write, id: i64) -> Result<(), Fault> {
        store::remove_failure(write, id).await?;
        store::set_known(write, self, clock::now()).await
    }

    /// Whether the login is being guessed, so that this attempt has a delay; refused if there is a wait.
    async fn is_guessed(&self, read: &Read) -> Result<bool, Stop> {
        let since = clock::now() - WINDOW;
        let failures = async |counted, max| store::failures(read, self, counted, since, max).await;
        let mut guessed = false;
        if !self.known {
            limited(&failures(Counted::InNetwork, OF_NETWORK).await?, OF_NETWORK)?;
            guessed = oldest(&failures(Counted::OfLogin, OF_LOGIN).await?, OF_LOGIN).is_some();
        }
        let max = if guessed { WHILE_GUESSED } else { limits::SIGN_IN_FAILURES };
        limited(&failures(Counted::OfLoginInNetwork, max).await?, max)?;
        Ok(guessed)
    }
}

/// Removes what does not count any more.
pub async fn tidy(write: &Write) -> Result<(), Fault> {
    let now = clock::now();
    store::tidy_failures(write, now - WINDOW, now - KNOWN).await
}

/// The oldest of the newest `max` failures, if there are as many.
fn oldest(newest_first: &[i64], max: u64) -> Option<i64> {
    let max = usize::try_from(max).ok()?;
    newest_first.get(max.checked_sub(1)?).copied()
}

fn limited(newest_first: &[i64], max: u64) -> Result<(), Refusal> {
    let Some(oldest) = oldest(newest_first, max) else { return Ok(()) };
    let wait = (oldest + WINDOW - clock::now()).max(1);
    let minutes = (wait + MINUTE - 1) / MINUTE;
    let message = format!("サインインの失敗が続いたため、しばらくお待ちください（あと{minutes}分）。");
    Err(Refusal::new(RefusalCode::TooManyAttempts, message))
}

/// Who has an IPv6 address has at least a /64 network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        let of = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:3::"), of("2001:db8:1:2::"));
    }
}
