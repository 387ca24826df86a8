//! Signing in and out, and whose a cookie is.

use super::{
    Access, Token, TokenHash, store,
    throttle::{self, Attempt, DELAY},
};
use crate::{
    Db, Fault,
    account::{self, Account, Viewer, password},
    clock::{self, DAY, HOUR, MINUTE},
    db::Write,
    refusal::{Refusal, RefusalCode, Stop},
    text,
};
use renkei_domain::{RegionId, SheetId, limits, text::composed};
use std::{collections::HashMap, net::IpAddr, time::Duration};

/// A session ends this long after it began, whatever happens in it.
pub const LIFE: i64 = 14 * DAY;
/// A session ends this long after it was last used: longer than a working day's longest break, shorter than a night.
const IDLE: i64 = 12 * HOUR;
/// How exactly the last use is known; each update costs a write.
const SEEN_EVERY: i64 = 5 * MINUTE;

/// A session that lives, with whom it belongs to.
#[derive(Clone, Debug)]
pub struct Session {
    pub token: Token,
    pub viewer: Viewer,
    pub seen_at: i64,
}

/// Whose session a cookie's token opens; `None` for an unknown one and one that has run out.
pub async fn resolve(db: &Db, token: &Token) -> Result<Option<Session>, Fault> {
    let hash = token.hash();
    let living = living(db, std::slice::from_ref(&hash)).await?.remove(&hash);
    Ok(living.map(|Living { viewer, seen_at, .. }| Session { token: token.clone(), viewer, seen_at }))
}

/// A use of a session, which keeps it from running out.
pub async fn note_use(db: &Db, session: &Session) -> Result<(), Fault> {
    let now = clock::now();
    if now < session.seen_at + SEEN_EVERY {
        return Ok(());
    }
    let write = db.write().await?;
    store::touch(&write, &session.token.hash(), now).await?;
    write.commit().await
}

/// A session that has not run out.
pub struct Living {
    pub viewer: Viewer,
    /// When it runs out, unless it is used before.
    pub ends_at: i64,
    seen_at: i64,
}

/// Those of these sessions that live: one statement, however many.
pub async fn living(db: &Db, tokens: &[TokenHash]) -> Result<HashMap<TokenHash, Living>, Fault> {
    if tokens.is_empty() {
        return Ok(HashMap::new());
    }
    let (stored, now) = (store::find(db.direct(), tokens).await?, clock::now());
    let living = stored.into_iter().map(|(token, store::Stored { created_at, seen_at }, viewer)| {
        (token, Living { viewer, ends_at: ends_at(created_at, seen_at), seen_at })
    });
    Ok(living.filter(|(_, living)| now < living.ends_at).collect())
}

/// Whether a session lives; it does not end before the transaction does.
pub async fn is_open(write: &Write, token: &TokenHash) -> Result<bool, Fault> {
    let stored = store::lock(write, token).await?;
    Ok(stored.is_some_and(|stored| clock::now() < ends_at(stored.created_at, stored.seen_at)))
}

/// When a session runs out, unless it is used before.
pub fn ends_at(created_at: i64, seen_at: i64) -> i64 {
    (created_at + LIFE).min(seen_at + IDLE)
}

/// What became of an attempt to sign in.
pub struct SignIn {
    pub outcome: Result<Session, Refusal>,
    /// How much later it is answered.
    pub delay: Option<Duration>,
}

/// Whose login and password somebody knows; none: they don't.
pub struct CheckedPassword {
    pub account: Option<Account>,
    /// How much later it is answered, because the login is being guessed.
    pub delay: Option<Duration>,
}

/// A new session for whoever knows the password; it replaces the one that the browser had.
pub async fn sign_in(
    db: &Db,
    replaced: Option<&TokenHash>,
    address: IpAddr,
    login: &str,
    password: &str,
) -> Result<SignIn, Stop> {
    let CheckedPassword { account, delay } = check_password(db, login, address, password, false).await?;
    let Some(account) = account else {
        let message = "ログイン名またはパスワードが違います。";
        return Ok(SignIn { outcome: Err(Refusal::new(RefusalCode::BadCredentials, message)), delay });
    };
    let token = Token::random()?;
    let write = db.write().await?;
    if let Some(replaced) = replaced {
        store::end(&write, replaced).await?;
    }
    let seen_at = clock::now();
    store::insert(&write, &token.hash(), account.id, seen_at).await?;
    store::log(&write, account.id, address, Access::SignIn).await?;
    write.commit().await?;
    let viewer = account::viewer(db.direct(), account.id).await?;
    let viewer = viewer.ok_or_else(|| Fault::new("the account of a new session is gone"))?;
    Ok(SignIn { outcome: Ok(Session { token, viewer, seen_at }), delay })
}

pub async fn sign_out(db: &Db, session: &Session) -> Result<(), Fault> {
    let write = db.write().await?;
    store::end(&write, &session.token.hash()).await?;
    write.commit().await
}

/// The account whose login and password these are; guessing is slowed down, see [`throttle`](super::throttle).
/// `signed_in`: who asks is signed in by this login, and shows again that they know its password.
pub async fn check_password(
    db: &Db,
    login: &str,
    address: IpAddr,
    password: &str,
    signed_in: bool,
) -> Result<CheckedPassword, Stop> {
    let key = text::login_key(login);
    let too_long = |text: &str, max: usize| text.chars().nth(max).is_some();
    if too_long(&key, limits::LOGIN_CHARS)
        || too_long(&composed(password), limits::PASSWORD_CHARS_MAX)
        || key.contains('\0')
    {
        return Ok(CheckedPassword { account: None, delay: None });
    }
    let attempt = Attempt::new(db, &key, address, signed_in).await?;
    let delay = attempt.check(db).await?.then_some(DELAY);
    let _turn = password::turn(attempt.known).await?;
    let id = attempt.reserve(db).await?;
    let (account, hash) = account::credentials(db.direct(), &key)
        .await?
        .map(|known| (known.account, known.password_hash))
        .unzip();
    let verified = password::verify(password.to_owned(), hash.clone()).await?;
    let (Some(verified), Some(account), Some(hash)) = (verified, account, hash) else {
        return Ok(CheckedPassword { account: None, delay });
    };
    let write = db.write().await?;
    attempt.release(&write, id).await?;
    if let Some(renewed) = verified.renewed {
        account::renew_password_hash(&write, account.id, &hash, &renewed).await?;
    }
    write.commit().await?;
    Ok(CheckedPassword { account: Some(account), delay })
}

/// An operator's look at a region or a sheet leaves a trace.
pub async fn note_look(
    db: &Db,
    viewer: &Viewer,
    address: IpAddr,
    region: RegionId,
    sheet: Option<SheetId>,
) -> Result<(), Fault> {
    let access = sheet.map_or(Access::Region(region), |sheet| Access::Sheet(region, sheet));
    let write = db.write().await?;
    store::log(&write, viewer.account.id, address, access).await?;
    write.commit().await
}

/// Removes sessions and failures that have run out.
pub async fn tidy(db: &Db) -> Result<(), Fault> {
    let now = clock::now();
    let write = db.write().await?;
    store::tidy(&write, now - IDLE, now - LIFE).await?;
    throttle::tidy(&write).await?;
    write.commit().await
}
