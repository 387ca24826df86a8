//! Who asks, and by what they are known: a browser by its session's cookie, a script by a token.

mod store;
pub(crate) mod table;

use crate::{
    Db, Fault,
    account::{self, Account, Viewer},
    clock,
    db::{RegionOf, Write},
    refusal::{Refusal, Stop},
    region::{self, Region},
    request::Stored,
    session::{self, TokenHash, service::Session},
    token::{self, service::Granted},
};
use derive_more::From;
use renkei_domain::{RegionId, RequestId, Role, TokenScope};
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
    /// What it is about, where that is something in a region.
    about: Option<&'a RegionOf>,
    access: Option<Access>,
}

/// Somebody with a role in a region, and what they ask by: all of it as it is now, and locked until the transaction ends.
struct Access {
    account: Account,
    region: Region,
    role: Role,
    rights: Rights,
    request: Option<Stored>,
}

/// How long a session or a token is good, and for what.
enum Rights {
    Session { ends_at: i64 },
    Token { expires_at: i64, scope: TokenScope },
}

/// Whether a request is known.
pub enum KnownRequest {
    /// Looked up already.
    Known(Option<Stored>),
    Unasked,
}

impl<'a> AuthorizedWrite<'a> {
    /// Waits for the writer's turn and for other requests of the same account.
    pub async fn begin(db: &Db, identity: &'a Identity) -> Result<Self, Fault> {
        let write = db.write().await?;
        let account = account::lock_account(&write, &identity.viewer().account).await?;
        Ok(AuthorizedWrite { write, identity, account, about: None, access: None })
    }

    /// The same for something in a region, whose other writers it waits for as well. In one statement where there is no
    /// reason to refuse; otherwise, and for an operator, what is missing is found out step by step.
    pub async fn begin_about(
        db: &Db,
        identity: &'a Identity,
        about: &'a RegionOf,
        request: Option<RequestId>,
    ) -> Result<Self, Fault> {
        let write = db.write().await?;
        let known = &identity.viewer().account;
        let access = store::access(&write, &identity.key(), known, about, request).await?;
        let account = match &access {
            Some(access) => access.account.clone(),
            None => account::lock_account(&write, known).await?,
        };
        Ok(AuthorizedWrite { write, identity, account, about: Some(about), access })
    }

    /// What is kept of the request with which it began.
    pub fn known_request(&self) -> KnownRequest {
        self.access
            .as_ref()
            .map_or(KnownRequest::Unasked, |access| KnownRequest::Known(access.request.clone()))
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
        Ok(Some(self.with_role(region, role)).filter(|viewer| viewer.reads(region)))
    }

    fn with_role(&self, region: RegionId, role: Option<Role>) -> Viewer {
        let mut viewer = Viewer { account: self.account.clone(), ..self.seen_as().clone() };
        viewer.memberships.retain(|held| held.region.id != region || role.is_some());
        for held in viewer.memberships.iter_mut().filter(|held| held.region.id == region) {
            held.role = role.unwrap_or(held.role);
        }
        viewer
    }

    /// The region that it is about, locked until the transaction ends, and they with their role in it. Who does not read
    /// it is told that `what`, which was looked for in it, is not there.
    pub async fn lock_region(&self, what: &str) -> Result<(Region, Viewer), Stop> {
        if let Some(access) = &self.access {
            access.rights.check()?;
            let viewer = self.with_role(access.region.id, Some(access.role));
            if viewer.reads(access.region.id) {
                return Ok((access.region.clone(), viewer));
            }
        }
        let not_found = || Refusal::not_found(what);
        let about =
            self.about.ok_or_else(|| Fault::new("a region is to be locked, and it is not said which"))?;
        let region = region::lock_of(&self.write, about).await?.ok_or_else(not_found)?;
        let viewer = self.viewer_in(region.id).await?.ok_or_else(not_found)?;
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

impl Rights {
    /// Refused: what has run out, and what only reads.
    fn check(&self) -> Result<(), Refusal> {
        let now = clock::now();
        match self {
            Rights::Session { ends_at } if now < *ends_at => Ok(()),
            Rights::Session { .. } => Err(Refusal::signed_out()),
            Rights::Token { expires_at, .. } if now >= *expires_at => Err(Refusal::token_ended()),
            Rights::Token { scope: TokenScope::ReadOnly, .. } => Err(Refusal::read_only_token()),
            Rights::Token { .. } => Ok(()),
        }
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
