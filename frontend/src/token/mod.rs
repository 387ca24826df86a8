//! One's own tokens: what scripts ask with. They are made here, shown once, and revoked.

mod form;
mod list;
mod made;
pub mod queries;

use crate::{
    api::{self, Failure, Id, deliver},
    cached_query::use_cached_query,
    shell,
    text::{self, token as words},
};
use cynic::{MutationBuilder, QueryBuilder};
use form::{TokenForm, Wanted};
use leptos::prelude::*;
use list::{RevokeDialog, TokenList};
use made::MadeNotice;
use queries::{
    RevokeToken, RevokeTokenInput, RevokeTokenPayload, RevokeTokenVariables, Token, TokenName, Tokens,
};
use renkei_domain::TokenId;

/// What the parts of the page share, as context.
#[derive(Clone, Copy)]
struct TokensState {
    held: LocalResource<Result<Tokens, Failure>>,
    /// The one that was just made. Shown once: not to whoever comes here next.
    made: RwSignal<Option<Made>>,
    /// The one that is asked about.
    revoking: RwSignal<Option<Token>>,
    /// What has become of the last try to make one, in words; empty for nothing.
    fault: RwSignal<String>,
    /// One is being made.
    pending: RwSignal<bool>,
}

/// A token that was just made.
#[derive(Clone)]
struct Made {
    token: TokenName,
    /// Empty if the answer that had it was lost: no other one has it.
    secret: String,
    /// What it was made for, to make another one.
    wanted: Wanted,
}

#[component]
pub fn TokensPage() -> impl IntoView {
    shell::set_title(words::TITLE);
    let state = TokensState {
        held: use_cached_query(api::request(&Tokens::build(())), String::new()),
        made: RwSignal::new(None),
        revoking: RwSignal::new(None),
        fault: RwSignal::default(),
        pending: RwSignal::new(false),
    };
    provide_context(state);
    view! {
        <div class="page tokens">
            <h1>{words::TITLE}</h1>
            <p class="lead">{words::LEAD}{words::PASSWORD}</p>
            {move || state.made.get().map(|made| view! { <MadeNotice made /> })}
            <section>
                <h2>{words::HELD}</h2>
                <TokenList />
            </section>
            <section>
                <h2>{words::NEW}</h2>
                <TokenForm />
            </section>
            <RevokeDialog />
        </div>
    }
}

impl TokensState {
    /// Asks which there are now, if the page is still there.
    fn reload(self) {
        if !self.made.is_disposed() {
            self.held.refetch();
        }
    }

    /// Says whether it is revoked.
    async fn revoke(self, id: Id<TokenId>, name: &str) -> bool {
        let input = RevokeTokenInput { request_id: Id(api::request_id()), id };
        let request = api::request(&RevokeToken::build(RevokeTokenVariables { input }));
        let answer = deliver::<RevokeTokenPayload>(&request, &|| shell::announce(text::OFFLINE)).await;
        let revoked = answer.is_ok();
        shell::toast(match answer {
            Ok(_) => words::revoked(name),
            Err(failure) => failure.message(),
        });
        self.reload();
        revoked
    }
}
