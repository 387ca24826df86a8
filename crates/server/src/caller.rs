//! Who asks, and by what they are known: a browser by its session's cookie, a script by a token.

use crate::{
    Db, Fault,
    account::{self, Account, Viewer},
    db::Write,
    refusal::{Refusal, Stop},
    region::{self, RegionView},
    session::{self, TokenHash, service::Session},
    token::{self, service::Granted},
};
use derive_more::From;
use renkei_domain::{RegionId, TokenScope};
use std::{collections::HashMap, net::IpAddr, ops::Deref};

/// Who sends a request, and from where.
#[derive(Clone, Debug)]
pub struct Caller {
    pub identity: Option<Identity>,
    pub address: IpAddr,
}

/// What a request carries to show who sends it. Never both: beside a token no cookie counts.
#[derive(Clone, Debug)]
pub enum Proof {
    Nothing,
    Session(session::Token),
    /// `None`: something that cannot be a token.
    Token(Option<TokenHash>),
}

/// Who is signed in, and how.
#[derive(Clone, Debug)]
pub enum Identity {
    Session(Session),
    Token(Granted),
}

/// By what somebody who is signed in is found again, for as long as that holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Session(TokenHash),
    Token(TokenHash),
}

/// Why a proof proves nothing. An unknown cookie is none at all: its browser is asked to sign in.
#[derive(Debug, From)]
pub enum Unproved {
    /// Unknown, run out, or revoked.
    WrongToken,
    Fault(Fault),
}

impl Proof {
    /// Who it is.
    pub async fn resolve(&self, db: &Db) -> Result<Option<Identity>, Unproved> {
        match self {
            Proof::Nothing => Ok(None),
            Proof::Session(token) => Ok(session::service::resolve(db, token).await?.map(Identity::Session)),
            Proof::Token(secret) => {
                let secret = secret.as_ref().ok_or(Unproved::WrongToken)?;
                let granted = token::service::resolve(db, secret).await?;
                Ok(Some(Identity::Token(granted.ok_or(Unproved::WrongToken)?)))
            }
        }
    }
}

impl Identity {
    pub fn viewer(&self) -> &Viewer {
        match self {
            Identity::Session(session) => &session.viewer,
            Identity::Token(granted) => &granted.viewer,
        }
    }

    /// A use of the session or the token.
    pub async fn note_use(&self, db: &Db, from: IpAddr) -> Result<(), Fault> {
        match self {
            Identity::Session(session) => session::service::note_use(db, session).await,
            Identity::Token(granted) => token::service::note_use(db, granted, from).await,
        }
    }

    /// A connection is a use of a script's token. An open page alone keeps nobody signed in.
    pub async fn note_connection(&self, db: &Db, from: IpAddr) -> Result<(), Fault> {
        match self {
            Identity::Session(_) => Ok(()),
            Identity::Token(_) => self.note_use(db, from).await,
        }
    }

    pub fn key(&self) -> Key {
        match self {
            Identity::Session(session) => Key::Session(session.token.hash()),
            Identity::Token(granted) => Key::Token(granted.secret.clone()),
        }
    }

    /// A script, not a person before the screen.
    pub fn by_token(&self) -> bool {
        matches!(self, Identity::Token(_))
    }

    /// Whatever its person may: it changes nothing.
    pub fn reads_only(&self) -> bool {
        matches!(self, Identity::Token(granted) if granted.token.scope == TokenScope::ReadOnly)
    }
}

/// A writing transaction of somebody who is signed in. What they may is read inside of it, after all waiting: for the
/// writer's turn, for the account's other requests and for the region.
pub struct AuthorizedWrite<'a> {
    write: Write,
    identity: &'a Identity,
    /// As it is now: it is locked until the transaction ends.
    account: Account,
}

impl<'a> AuthorizedWrite<'a> {
    /// Waits for the writer's turn and for other requests of the same account.
    pub async fn begin(db: &Db, identity: &'a Identity) -> Result<Self, Fault> {
        let write = db.write().await?;
        let account = account::lock_account(&write, &identity.viewer().account).await?;
        Ok(AuthorizedWrite { write, identity, account })
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Who they were when the request came. To look up what is to be locked, and not to allow anything.
    pub fn seen_as(&self) -> &Viewer {
        self.identity.viewer()
    }

    /// Refused: somebody whose session or token has ended meanwhile, or whose token only reads.
    pub async fn authenticate(&self) -> Result<(), Stop> {
        match self.identity {
            Identity::Session(session) => {
                let open = session::service::is_open(&self.write, &session.token.hash()).await?;
                open.then_some(()).ok_or_else(Refusal::signed_out)?;
            }
            Identity::Token(granted) => match token::service::scope(&self.write, &granted.secret).await? {
                Some(TokenScope::ReadOnly) => return Err(Refusal::read_only_token().into()),
                Some(_) => {}
                None => return Err(Refusal::token_ended().into()),
            },
        }
        Ok(())
    }

    /// They, with the role that they have in a region now and keep until the transaction ends; `None`: they don't read it.
    pub async fn viewer_in(&self, region: RegionId) -> Result<Option<Viewer>, Stop> {
        self.authenticate().await?;
        let role = account::role_in(&self.write, self.account.id, region).await?;
        let mut viewer = Viewer { account: self.account.clone(), ..self.seen_as().clone() };
        viewer.memberships.retain(|held| held.region.id != region || role.is_some());
        for held in viewer.memberships.iter_mut().filter(|held| held.region.id == region) {
            held.role = role.unwrap_or(held.role);
        }
        Ok(Some(viewer).filter(|viewer| viewer.reads(region)))
    }

    /// A region, locked until the transaction ends, and they with their role in it. Who does not read it is told that
    /// `what`, which was looked for in it, is not there; `None`: it was not found.
    pub async fn lock_region(
        &self,
        region: Option<RegionId>,
        what: &str,
    ) -> Result<(RegionView, Viewer), Stop> {
        let not_found = || Refusal::not_found(what);
        let region = region.ok_or_else(not_found)?;
        let region = region::service::hold(&self.write, region).await?.ok_or_else(not_found)?;
        let viewer = self.viewer_in(region.region.id).await?.ok_or_else(not_found)?;
        Ok((region, viewer))
    }

    pub async fn commit(self) -> Result<(), Fault> {
        self.write.commit().await
    }
}

impl Deref for AuthorizedWrite<'_> {
    type Target = Write;

    fn deref(&self) -> &Write {
        &self.write
    }
}

/// A session or a token that is still good.
pub struct Living {
    pub viewer: Viewer,
    /// When it runs out, unless it is used before.
    pub ends_at: i64,
}

/// Those of these that are still good: a constant number of statements, however many.
pub async fn living(db: &Db, keys: impl IntoIterator<Item = Key>) -> Result<HashMap<Key, Living>, Fault> {
    let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Session(token) => sessions.push(token),
            Key::Token(secret) => tokens.push(secret),
        }
    }
    let sessions = session::service::living(db, &sessions).await?.into_iter().map(|(token, living)| {
        (Key::Session(token), Living { viewer: living.viewer, ends_at: living.ends_at })
    });
    let tokens = token::service::living(db, &tokens).await?.into_iter().map(|granted| {
        (Key::Token(granted.secret), Living { viewer: granted.viewer, ends_at: granted.token.expires_at })
    });
    Ok(sessions.chain(tokens).collect())
}
