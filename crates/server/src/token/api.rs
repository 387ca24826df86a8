//! Tokens in the API.

use super::service::{self, NewToken};
use crate::{
    Fault,
    api::{
        complexity,
        context::RequestContext,
        scalars::{self, DateTime},
    },
    caller::Identity,
    clock,
    refusal::api::{Refused, answer},
    token,
};
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::{self as domain, TokenId};

#[derive(Default)]
pub struct Queries;

#[Object(name = "TokenQueries")]
impl Queries {
    /// 自分のAPIトークン。新しい順（期限が切れたものは、その後30日まで）。APIトークンで読むと、そのトークンだけです。
    /// The viewer's own tokens, the newest first; one that has run out, for 30 days more. Asked by a token: that one alone.
    #[graphql(complexity = "complexity::list(10, child_complexity)")]
    async fn tokens(&self, ctx: &Context<'_>) -> Result<Vec<Token>, Error> {
        Ok(own(RequestContext::of(ctx)).await?)
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "TokenMutations")]
impl Mutations {
    /// 自分のAPIトークンを作ります。トークンの文字列は、この答えにだけあります。画面のサインインで行います（APIトークンではできません）。
    /// Makes a token of one's own. This answer alone has its secret. Not by a token.
    async fn create_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "何のためのトークンか。What it is for.")] input: CreateTokenInput,
    ) -> Result<CreateTokenPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let session = context.person()?;
            let new = NewToken { name: input.name, scope: input.scope.into(), days: input.days };
            let request = input.request_id.parse().ok();
            let created = service::create(&context.db, &session, context.address, request, new).await?;
            let secret = created.secret.map(|secret| secret.as_str().to_owned());
            Ok(TokenCreated { token: Token(created.token), secret }.into())
        })
        .await
    }

    /// 自分のAPIトークンを取り消します。すぐに使えなくなり、つながっているものも切れます。画面のサインインで行います（APIトークンではできません）。
    /// Revokes a token of one's own: it is good for nothing from this moment on, and its connections end. Not by a token.
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どれを。Which.")] input: RevokeTokenInput,
    ) -> Result<RevokeTokenPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let session = context.person()?;
            let (request, id) = (input.request_id.parse().ok(), scalars::id(&input.id));
            let id = service::revoke(&context.db, &session, context.address, request, id).await?;
            Ok(TokenRevoked { id: id.to_string().into() }.into())
        })
        .await
    }
}

/// APIトークンでできること。本人の権限を超えることはありません。
/// What a token may do: never more than its person.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::TokenScope")]
enum TokenScope {
    /// 閲覧のみ。どの変更もできません。 Reads, searches and subscribes; changes nothing.
    ReadOnly,
    /// 閲覧と編集。 Whatever its person may, but not signing in, passwords and tokens.
    Full,
}

/// 新しいAPIトークン。1人20個まで。
/// A new token; a person has 20 at most.
#[derive(InputObject)]
struct CreateTokenInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// 何に使うか（例 「毎月の集計」）。50文字まで。ほかの有効なトークンと同じ名前は付けられません。
    /// What it is for, at most 50 characters; no two good ones have the same.
    name: String,
    /// できること。
    /// What it may do.
    scope: TokenScope,
    /// 有効な日数。1から366まで（例 90）。
    /// For how many days it is good, 1 to 366.
    days: i32,
}

/// 取り消すAPIトークン。
/// Which token to revoke.
#[derive(InputObject)]
struct RevokeTokenInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// APIトークンのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The token's id.
    id: ID,
}

/// APIトークンを作った結果。
/// What became of a new token.
#[derive(Union)]
enum CreateTokenPayload {
    Created(TokenCreated),
    Refused(Refused),
}

/// APIトークンを取り消した結果。
/// What became of a revocation.
#[derive(Union)]
enum RevokeTokenPayload {
    Revoked(TokenRevoked),
    Refused(Refused),
}

/// APIトークンを作りました。
/// The token is made.
#[derive(SimpleObject)]
struct TokenCreated {
    /// 作ったAPIトークン。
    /// The token.
    token: Token,
    /// トークンの文字列（例 renkei_3f…）。サーバーには残らず、この答えにだけあります。同じ requestId で送りなおしたときは null です。受け取れなかったときは、取り消して作り直してください。
    /// What a script sends as `Authorization: Bearer …`. The server doesn't keep it, and only the first answer has it:
    /// null when the same request is sent again. Whoever has missed it revokes the token and makes another one.
    secret: Option<String>,
}

/// APIトークンを取り消しました。
/// The token is revoked.
#[derive(SimpleObject)]
struct TokenRevoked {
    /// 取り消したAPIトークンのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Which token.
    id: ID,
}

pub struct Token(token::Token);

/// APIトークン：プログラムが本人の代わりにAPIを使うための鍵。本人だけに見えます。
/// With it a script asks in its person's name. They alone see it.
#[Object]
impl Token {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 何に使うか。
    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// できること。
    /// What it may do.
    async fn scope(&self) -> TokenScope {
        self.0.scope.into()
    }

    /// いつ作ったか。
    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// いつまで有効か。
    /// Until when it is good.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// 期限が切れたか。
    /// Whether it has run out.
    async fn expired(&self) -> bool {
        self.0.expires_at <= clock::now()
    }

    /// 最後に使われた時刻（1分ごとに記録）。要求、または接続の始まり。使われていなければ null です。
    /// When a request or a new connection last used it, to the minute; null: never.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.used.map(|(at, _)| DateTime(at))
    }

    /// 最後に使われたときのIPアドレス。
    /// From which address that was.
    async fn last_used_from(&self) -> Option<String> {
        self.0.used.map(|(_, from)| from.to_string())
    }
}

/// One of the viewer's own tokens.
pub async fn find(context: &RequestContext, id: TokenId) -> Result<Option<Token>, Fault> {
    Ok(own(context).await?.into_iter().find(|token| token.0.id == id))
}

async fn own(context: &RequestContext) -> Result<Vec<Token>, Fault> {
    let Some(identity) = context.identity() else { return Ok(Vec::new()) };
    let mut own = token::of_account(context.db.direct(), identity.viewer().account.id).await?;
    if let Identity::Token(granted) = &identity {
        own.retain(|token| token.id == granted.token.id);
    }
    Ok(own.into_iter().map(Token).collect())
}
