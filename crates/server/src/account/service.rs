//! Adding accounts, and changing one's password.

use super::{Account, Viewer, password, store};
use crate::{
    Db, Fault,
    caller::{AuthorizedWrite, Identity},
    change::{self, Action, By, NewChange},
    clock,
    db::Write,
    refusal::{Refusal, RefusalCode, Stop},
    region, session, text, token,
};
use renkei_domain::{AccountId, Role};
use std::net::IpAddr;

/// An account that somebody may look at: oneself, anybody in a region that one reads, and for operators everybody.
pub async fn find(db: &Db, viewer: &Viewer, id: AccountId) -> Result<Option<Viewer>, Fault> {
    let found = store::viewer(db.direct(), id).await?;
    Ok(found.filter(|found| {
        viewer.account.id == id
            || viewer.account.operator
            || found.memberships.iter().any(|membership| viewer.reads(membership.region.id))
    }))
}

/// What the command line gives for an account.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub organization: &'a str,
    pub region: &'a str,
    pub role: Role,
    pub operator: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    Account,
    /// The login was known, in the same organisation: it got a role in this region too, and keeps its password.
    Membership,
}

/// Whether a login is taken, so that nobody is asked for a password in vain.
pub async fn is_known(db: &Db, login: &str) -> Result<bool, Fault> {
    Ok(id_of(db, login).await?.is_some())
}

/// The account of a login.
pub async fn id_of(db: &Db, login: &str) -> Result<Option<AccountId>, Fault> {
    let known = store::credentials(db.direct(), &text::login_key(login)).await?;
    Ok(known.map(|known| known.account.id))
}

/// A new account with a role in a region; a known one gets its role there. `password` is not needed for a known one.
pub async fn add(db: &Db, new: NewAccount<'_>, password: Option<&str>) -> Result<Added, Stop> {
    let login = text::login(new.login)?;
    let name = text::name("name", "名前", new.name)?;
    let hash = match password {
        Some(password) => {
            let password = text::password("password", password)?;
            Some(password::hash(password).await?)
        }
        None => None,
    };
    let write = db.write().await?;
    let known = store::credentials(&*write, &text::login_key(&login)).await?;
    // Before the region, as requests of the account do.
    if let Some(known) = &known {
        store::lock(&write, known.account.id).await?;
    }
    let view = region::service::hold_named(&write, new.region).await?;
    let region = &view.region;
    let organization = view
        .organizations
        .iter()
        .find(|organization| organization.name == new.organization.trim())
        .cloned()
        .ok_or_else(|| no_organization(&view, new.organization))?;
    let (account, added) = match known {
        Some(known) if known.account.organization.id != organization.id => {
            let message = format!(
                "ログイン名「{login}」は「{}」のアカウントとしてすでにあります。",
                known.account.organization.name
            );
            return Err(Refusal::invalid("login", message).into());
        }
        Some(known) => {
            let id = known.account.id;
            let viewer =
                store::viewer(&*write, id).await?.ok_or_else(|| Fault::new("a known account is gone"))?;
            if viewer.role_in(region.id).is_some() {
                let message =
                    format!("ログイン名「{login}」はすでに圏域「{}」のアカウントです。", region.name);
                return Err(Refusal::invalid("login", message).into());
            }
            if new.operator {
                store::set_operator(&write, id).await?;
            }
            (known.account, Added::Membership)
        }
        None => {
            let hash = hash.ok_or_else(|| Refusal::invalid("password", "パスワードを入力してください。"))?;
            let account = Account { id: clock::fresh(), login, name, organization, operator: new.operator };
            store::insert(&write, &account, &text::login_key(&account.login), &hash).await?;
            (account, Added::Account)
        }
    };
    grant(&write, &account, region, new.role).await?;
    write.commit().await?;
    Ok(added)
}

/// Gives an account of a region another role there, or none at all; what it wrote stays its own. Says whether anything
/// is different now.
pub async fn set_role(db: &Db, login: &str, region: &str, role: Option<Role>) -> Result<bool, Stop> {
    let write = db.write().await?;
    let region = region::service::hold_named(&write, region).await?.region;
    let known = store::credentials(&*write, &text::login_key(login)).await?;
    let viewer = match known {
        Some(known) => store::viewer(&*write, known.account.id).await?,
        None => None,
    };
    let held = viewer.as_ref().and_then(|viewer| Some((viewer, viewer.role_in(region.id)?)));
    let Some((viewer, held)) = held else {
        let message = format!(
            "ログイン名「{}」は圏域「{}」のアカウントではありません。`renkei account add` で追加できます。",
            login.trim(),
            region.name
        );
        return Err(Refusal::invalid("login", message).into());
    };
    if role == Some(held) {
        return Ok(false);
    }
    let account = &viewer.account;
    let who = format!("アカウント「{}」（{}）", account.name, account.organization.name);
    let (action, summary) = match role {
        Some(role) => {
            store::set_role(&write, account.id, region.id, role).await?;
            (Action::Assign, format!("{who}の役割を{}に変更", role.name()))
        }
        None => {
            store::remove_membership(&write, account.id, region.id).await?;
            (Action::Delete, format!("{who}の役割を削除"))
        }
    };
    let change = NewChange::role(account, Some(held), role, action, summary);
    change::service::append(&write, region.id, &By::operator(), change).await?;
    write.commit().await?;
    Ok(true)
}

/// Changes one's own password, ends one's other sessions and revokes one's tokens: whoever knew the old one may have made
/// some. Guessing the current one is throttled like a sign-in.
pub async fn change_password(
    db: &Db,
    session: &session::service::Session,
    address: IpAddr,
    current: &str,
    new: &str,
) -> Result<Viewer, Stop> {
    let viewer = &session.viewer;
    let checked = session::service::check_password(db, &viewer.account.login, address, current, true).await?;
    if checked.account.is_none() {
        let message = "今のパスワードが違います。";
        return Err(Refusal {
            field: Some("currentPassword".into()),
            ..Refusal::new(RefusalCode::BadCredentials, message)
        }
        .into());
    }
    let new = text::password("newPassword", new)?;
    let turn = password::turn(true).await?;
    let hash = password::hash(new).await?;
    drop(turn);
    let identity = Identity::Session(session.clone());
    let write = AuthorizedWrite::begin(db, &identity).await?;
    write.authenticate().await?;
    store::set_password_hash(&write, viewer.account.id, &hash).await?;
    session::end_others(&write, viewer.account.id, &session.token.hash()).await?;
    token::end_all(&write, viewer.account.id).await?;
    write.commit().await?;
    Ok(viewer.clone())
}

async fn grant(write: &Write, account: &Account, region: &region::Region, role: Role) -> Result<(), Fault> {
    store::insert_membership(write, account.id, region.id, role).await?;
    let summary = format!("アカウント「{}」（{}）を追加", account.name, account.organization.name);
    change::service::append(write, region.id, &By::operator(), NewChange::account(account, role, summary))
        .await?;
    Ok(())
}

fn no_organization(view: &region::RegionView, name: &str) -> Refusal {
    let names: Vec<_> = view.organizations.iter().map(|organization| organization.name.as_str()).collect();
    let message = format!(
        "圏域「{}」に機関「{}」がありません。今ある機関：{}",
        view.region.name,
        name.trim(),
        names.join("、")
    );
    Refusal::invalid("organization", message)
}
