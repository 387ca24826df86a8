//! Making and revoking tokens, and whose a secret is.

use super::{Secret, Token, store};
use crate::{
    Db, Fault,
    account::{self, Viewer},
    caller::{AuthorizedWrite, Identity},
    clock::{self, DAY, MINUTE},
    db::Write,
    refusal::{Refusal, RefusalCode, Stop},
    request,
    session::{self, Access, TokenHash, service::Session},
    text,
};
use renkei_domain::{AccountId, RequestId, TokenId, TokenScope, limits};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How exactly the last use is known; each update costs a write.
const USED_EVERY: i64 = MINUTE;
/// Days for which a token that has run out is still shown, so that its person sees why the script stopped.
const SHOWN_DAYS: i64 = 30;

/// Somebody asks with a token that is good.
#[derive(Clone, Debug)]
pub struct Granted {
    pub secret: TokenHash,
    pub token: Token,
    pub viewer: Viewer,
}

/// What somebody wants.
pub struct NewToken {
    pub name: String,
    pub scope: TokenScope,
    pub days: i32,
}

/// What came of a request, as it is kept for the same one sent again.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename = "created")]
struct Made {
    token: Token,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename = "revoked")]
struct Revoked {
    id: TokenId,
}

/// A token that was made.
pub struct Created {
    pub token: Token,
    /// `None` if the request was answered before: nobody keeps the secret.
    pub secret: Option<Secret>,
}

/// Whose token a secret opens; `None` for one that is unknown, has run out or was revoked.
pub async fn resolve(db: &Db, secret: &TokenHash) -> Result<Option<Granted>, Fault> {
    Ok(living(db, std::slice::from_ref(secret)).await?.pop())
}

/// A use of a token.
pub async fn note_use(db: &Db, granted: &Granted, from: IpAddr) -> Result<(), Fault> {
    let now = clock::now();
    if granted.token.used.is_some_and(|(at, _)| now < at + USED_EVERY) {
        return Ok(());
    }
    let write = db.write().await?;
    store::touch(&write, granted.token.id, now, from, now - USED_EVERY).await?;
    write.commit().await
}

/// Those of these tokens that are good: one statement, however many. The viewers say in the change
/// log by which token they asked.
pub async fn living(db: &Db, secrets: &[TokenHash]) -> Result<Vec<Granted>, Fault> {
    if secrets.is_empty() {
        return Ok(Vec::new());
    }
    let (stored, now) = (store::find(db.direct(), secrets).await?, clock::now());
    let living = stored.into_iter().map(|(secret, token, viewer)| {
        let viewer = Viewer { via_token: Some(token.name.clone()), ..viewer };
        Granted { secret, token, viewer }
    });
    Ok(living.filter(|granted| now < granted.token.expires_at).collect())
}

/// What a token is good for; it is not revoked before the transaction ends. `None`: it has ended.
pub async fn scope(write: &Write, secret: &TokenHash) -> Result<Option<TokenScope>, Fault> {
    let token = store::lock(write, secret).await?.filter(|token| clock::now() < token.expires_at);
    Ok(token.map(|token| token.scope))
}

/// Makes a token. Its secret is in the first answer alone; the same request sent again is answered without it.
pub async fn create(
    db: &Db,
    session: &Session,
    address: IpAddr,
    request: Option<RequestId>,
    new: NewToken,
) -> Result<Created, Stop> {
    let identity = Identity::Session(session.clone());
    let secret = Secret::random()?;
    let hash = secret.hash();
    let make =
        async move |write: &AuthorizedWrite<'_>| Ok((make(write, address, request, &new, &hash).await?, ()));
    let (Made { token }, first) =
        request::service::once(db, &identity, request, "CREATE_TOKEN", None, make).await?;
    Ok(Created { secret: first.map(|()| secret), token })
}

/// Under the account's lock, which the request holds.
async fn make(
    write: &AuthorizedWrite<'_>,
    address: IpAddr,
    request: Option<RequestId>,
    new: &NewToken,
    secret: &TokenHash,
) -> Result<Made, Stop> {
    write.authenticate().await?;
    request::service::valid(request)?;
    let name = text::line("name", "名前", &new.name, limits::TOKEN_NAME_CHARS)?;
    if !(1..=limits::TOKEN_DAYS).contains(&new.days) {
        let message = format!("有効な日数は1から{}までにしてください。", limits::TOKEN_DAYS);
        return Err(Refusal::invalid("days", message).into());
    }
    let (account, now) = (write.account().id, clock::now());
    let (living, expired): (Vec<_>, Vec<_>) =
        store::of_account(&***write, account).await?.into_iter().partition(|token| now < token.expires_at);
    if living.iter().any(|token| text::key(&token.name) == text::key(&name)) {
        let message = format!("「{name}」という名前のトークンがすでにあります。別の名前にしてください。");
        return Err(Refusal::invalid("name", message).into());
    }
    if living.len() >= limits::TOKENS {
        let message =
            format!("トークンは1人{}個までです。使っていないものを失効させてください。", limits::TOKENS);
        return Err(Refusal::new(RefusalCode::Invalid, message).into());
    }
    // The oldest comes last.
    if living.len() + expired.len() >= limits::TOKENS
        && let Some(token) = expired.last()
    {
        store::end(write, account, token.id).await?;
    }
    let token = Token {
        id: clock::fresh(),
        name,
        scope: new.scope,
        created_at: now,
        expires_at: now + i64::from(new.days) * DAY,
        used: None,
    };
    store::insert(write, account, &token, secret).await?;
    session::log(write, account, address, Access::CreateToken).await?;
    Ok(Made { token })
}

/// Revokes one of one's own tokens: it opens nothing from now on, and its sockets end.
pub async fn revoke(
    db: &Db,
    session: &Session,
    address: IpAddr,
    request: Option<RequestId>,
    id: TokenId,
) -> Result<TokenId, Stop> {
    let identity = Identity::Session(session.clone());
    let end = async move |write: &AuthorizedWrite<'_>| Ok((end(write, address, request, id).await?, ()));
    let (Revoked { id }, _) =
        request::service::once(db, &identity, request, "REVOKE_TOKEN", None, end).await?;
    Ok(id)
}

async fn end(
    write: &AuthorizedWrite<'_>,
    address: IpAddr,
    request: Option<RequestId>,
    id: TokenId,
) -> Result<Revoked, Stop> {
    write.authenticate().await?;
    request::service::valid(request)?;
    let account = write.account().id;
    if !store::end(write, account, id).await? {
        return Err(Refusal::not_found("トークン").into());
    }
    session::log(write, account, address, Access::RevokeToken).await?;
    Ok(Revoked { id })
}

/// Revokes somebody's token by its name, or all of them: for whoever runs the installation. Gives the names.
pub async fn revoke_of(db: &Db, account: AccountId, name: Option<&str>) -> Result<Vec<String>, Fault> {
    let write = db.write().await?;
    account::lock(&write, account).await?;
    let mut revoked = Vec::new();
    for token in store::of_account(&*write, account).await? {
        if name.is_none_or(|name| text::key(name) == text::key(&token.name)) {
            store::end(&write, account, token.id).await?;
            revoked.push(token.name);
        }
    }
    write.commit().await?;
    Ok(revoked)
}

/// Removes what ran out long ago.
pub async fn tidy(db: &Db) -> Result<(), Fault> {
    let write = db.write().await?;
    store::tidy(&write, clock::now() - SHOWN_DAYS * DAY).await?;
    write.commit().await
}
