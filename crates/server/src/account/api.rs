//! Accounts in the API.

use super::{Viewer, service};
use crate::{
    Fault, account,
    api::{complexity, context::RequestContext, scalars::Role},
    refusal::api::{Refused, answer},
    region::api::{Organization, Region},
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::AccountId;
use std::sync::Arc;

#[derive(Clone)]
pub struct Account(pub Arc<Viewer>);

impl Account {
    /// Of somebody who is named by what the viewer reads.
    pub async fn find(ctx: &Context<'_>, id: Option<AccountId>) -> Result<Option<Self>, Error> {
        match id {
            Some(id) => Ok(RequestContext::of(ctx).loader.load_one(id).await?.map(Account)),
            None => Ok(None),
        }
    }
}

/// アカウント：1つの機関に属する、名前のある人。
/// A named person in one organisation.
#[Object]
impl Account {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.account.id.to_string().into()
    }

    /// ログイン名。
    /// The name to sign in with.
    async fn login(&self) -> &str {
        &self.0.account.login
    }

    /// 表示する名前。
    /// The name to show.
    async fn name(&self) -> &str {
        &self.0.account.name
    }

    /// 属する機関。
    /// The organisation of this person.
    async fn organization(&self) -> Organization {
        Organization(self.0.account.organization.clone())
    }

    /// システム管理者か。すべての圏域を閲覧でき、閲覧は記録に残ります。
    /// Runs the installation: reads every region, and leaves a trace in the access log.
    async fn operator(&self) -> bool {
        self.0.account.operator
    }

    /// 圏域ごとの役割（見る人が閲覧できる圏域だけ）。
    /// Roles, in the regions that the viewer may read.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn memberships(&self, ctx: &Context<'_>) -> Vec<Membership> {
        let context = RequestContext::of(ctx);
        let readable = self.0.memberships.iter().filter(|membership| context.reads(membership.region.id));
        let membership = |held: &account::Membership| Membership {
            region: Region::named(held.region.clone()),
            role: held.role.into(),
        };
        readable.map(membership).collect()
    }
}

/// 圏域での役割。
/// A role, which is held in a region.
#[derive(SimpleObject)]
pub struct Membership {
    /// 圏域。
    /// Where.
    region: Region,
    /// 役割。
    /// As what.
    role: Role,
}

#[derive(Default)]
pub struct Queries;

#[Object(name = "AccountQueries")]
impl Queries {
    /// サインインしている人。していなければ null です。
    /// Who is signed in; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Account> {
        RequestContext::of(ctx).viewer().map(|viewer| Account(Arc::new(viewer)))
    }
}

/// パスワードの変更。8文字から200文字まで。
/// A change of one's password: 8 to 200 characters.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// 今のパスワード。
    /// The present one.
    current_password: String,
    /// 新しいパスワード。
    /// The new one.
    new_password: String,
}

/// パスワードの変更の結果。
/// What became of a change of the password.
#[derive(Union)]
pub enum ChangePasswordPayload {
    Changed(PasswordChanged),
    Refused(Refused),
}

/// パスワードを変更しました。ほかの端末のサインインは終了し、APIトークンはすべて取り消しました。
/// The password is changed; the account's other sessions have ended, and its tokens are revoked.
#[derive(SimpleObject)]
pub struct PasswordChanged {
    /// 本人。
    /// Whose it is.
    account: Account,
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "AccountMutations")]
impl Mutations {
    /// 自分のパスワードを変えます。ほかの端末のサインインは終了し、APIトークンはすべて取り消されます。画面のサインインで行います（APIトークンではできません）。
    /// Changes one's own password, ends one's other sessions and revokes one's tokens. Not by a token.
    #[graphql(complexity = "complexity::ONCE + child_complexity")]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "今のパスワードと新しいパスワード。The present one and the new one.")]
        input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let session = context.person()?;
            let (current, new) = (&input.current_password, &input.new_password);
            let viewer =
                service::change_password(&context.db, &session, context.address, current, new).await?;
            Ok(PasswordChanged { account: Account(viewer.into()) }.into())
        })
        .await
    }
}

/// An account that the viewer may look at.
pub async fn find(context: &RequestContext, id: AccountId) -> Result<Option<Account>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    Ok(service::find(&context.db, &viewer, id).await?.map(|found| Account(Arc::new(found))))
}
