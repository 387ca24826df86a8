//! Who asks, and by what they are known: a browser by its session's cookie, a script by a token.

use crate::{
    Db, Fault,
    account::Viewer,
    session::{self, TokenHash, service::Session},
    token::{self, service::Granted},
};
use renkei_domain::TokenScope;
use std::{collections::HashMap, net::IpAddr};

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
#[derive(Debug)]
pub enum Unproved {
    /// Unknown, run out, or revoked.
    WrongToken,
    Fault(Fault),
}

impl From<Fault> for Unproved {
    fn from(fault: Fault) -> Self {
        Unproved::Fault(fault)
    }
}

impl Proof {
    /// Who it is. A use of the session or the token.
    pub async fn resolve(&self, db: &Db, from: IpAddr) -> Result<Option<Identity>, Unproved> {
        match self {
            Proof::Nothing => Ok(None),
            Proof::Session(token) => Ok(session::service::resolve(db, token).await?.map(Identity::Session)),
            Proof::Token(secret) => {
                let secret = secret.as_ref().ok_or(Unproved::WrongToken)?;
                let granted = token::service::resolve(db, secret, from).await?;
                Ok(Some(Identity::Token(granted.ok_or(Unproved::WrongToken)?)))
            }
        }
    }

    /// Like [`Proof::resolve`], but no use of a session: an open page alone keeps nobody signed in. A script's
    /// connection is a use of its token.
    pub async fn peek(&self, db: &Db, from: IpAddr) -> Result<Option<Identity>, Unproved> {
        match self {
            Proof::Session(token) => Ok(session::service::peek(db, token).await?.map(Identity::Session)),
            Proof::Nothing | Proof::Token(_) => self.resolve(db, from).await,
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
        matches!(self, Identity::Token(Granted { scope: TokenScope::ReadOnly, .. }))
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
    let tokens = token::service::living(db, &tokens).await?.into_iter().map(|(secret, living)| {
        (Key::Token(secret), Living { viewer: living.viewer, ends_at: living.token.expires_at })
    });
    Ok(sessions.chain(tokens).collect())
}
