//! Signing in and out in the API.

use super::{
    DELAY_HEADER, cookie, ended_cookie,
    service::{self, SignIn},
};
use crate::{
    account::api::Account,
    api::{complexity, context::RequestContext, error::refused},
    caller::Identity,
    refusal::{
        Refusal,
        api::{Refused, answer},
    },
};
use async_graphql::{Context, Error, InputObject, Object, SimpleObject, Union};

/// サインイン。
/// Who signs in.
#[derive(InputObject)]
pub struct SignInInput {
    /// ログイン名。全角・半角、大文字・小文字は区別しません。
    /// The sign-in name; width and case make no difference.
    login: String,
    /// パスワード。
    /// The password.
    password: String,
}

/// サインインの結果。
/// What became of signing in.
#[derive(Union)]
pub enum SignInPayload {
    SignedIn(SignedIn),
    Refused(Refused),
}

/// サインインしました。クッキーを渡します。
/// Signed in; the answer sets a cookie.
#[derive(SimpleObject)]
pub struct SignedIn {
    /// サインインした人。
    /// Who has signed in.
    account: Account,
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "SessionMutations")]
impl Mutations {
    /// サインインします。同じ場所から15分に10回失敗すると、しばらく待つことになります。失敗の多いログイン名や場所では、待つことが早まり、答えが遅れることがあります。混み合っているときも TOO_MANY_ATTEMPTS です。APIトークンを添えてはできません。
    /// Signs in. After 10 failures of a login from an address within 15 minutes there is a wait; where many fail, it
    /// begins earlier, and the answer may take longer. TOO_MANY_ATTEMPTS too while too many sign in. Not by a token.
    #[graphql(complexity = "complexity::ONCE + child_complexity")]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "だれが。Who signs in.")] input: SignInInput,
    ) -> Result<SignInPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let replaced = match context.identity() {
                Some(Identity::Session(session)) => Some(session.token.hash()),
                Some(Identity::Token(_)) => return Err(Refusal::by_token().into()),
                None => None,
            };
            let (login, password) = (&input.login, &input.password);
            let SignIn { outcome, delay } =
                service::sign_in(&context.db, replaced.as_ref(), context.address, login, password).await?;
            if let Some(delay) = delay {
                ctx.append_http_header(DELAY_HEADER, delay.as_secs().to_string());
            }
            let session = outcome?;
            ctx.append_http_header("set-cookie", cookie(&context.config, &session.token));
            let account = Account(session.viewer.clone().into());
            context.set_session(Some(session));
            Ok(SignedIn { account }.into())
        })
        .await
    }

    /// サインアウトします。サインインしていなければ false です。APIトークンではできません。
    /// Signs out; false if nobody was signed in. Not by a token.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        let context = RequestContext::of(ctx);
        let session = match context.identity() {
            Some(Identity::Session(session)) => Some(session),
            Some(Identity::Token(_)) => return Err(refused(Refusal::by_token())),
            None => None,
        };
        ctx.append_http_header("set-cookie", ended_cookie(&context.config));
        let Some(session) = session else { return Ok(false) };
        service::sign_out(&context.db, &session).await?;
        context.set_session(None);
        Ok(true)
    }
}
