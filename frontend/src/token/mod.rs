//! One's own tokens: what scripts ask with. They are made here, shown once, and revoked.

mod form;
mod made;
pub mod queries;

use crate::{
    api::{self, Failure, Id, deliver},
    history::moment,
    remembered::{self, when_online},
    shell,
    text::{self, token as words},
    ui::{button, dialog},
    view::{El, el, live},
};
use cynic::{MutationBuilder, QueryBuilder};
use leptos::prelude::*;
use leptos::task::spawn_local;
use queries::{RevokeToken, RevokeTokenInput, RevokeTokenPayload, RevokeTokenVariables, Token, Tokens};
use renkei_domain::{TokenId, TokenScope};
use std::rc::Rc;

/// What the page is about.
struct Desk {
    held: ArcRwSignal<Held>,
    /// The one that was just made.
    made: ArcRwSignal<Option<Made>>,
    /// The one that is asked about.
    revoking: ArcRwSignal<Option<Token>>,
}

/// A token that was just made.
#[derive(Clone)]
struct Made {
    name: String,
    /// Empty if the answer that had it was lost: no other one has it.
    secret: String,
    /// Revokes it and makes another one.
    again: Rc<dyn Fn()>,
}

#[derive(Clone)]
enum Held {
    Loading,
    Tokens(Vec<Token>),
    Failed(Failure),
}

thread_local! {
    static DESK: &'static Desk = Box::leak(Box::new(Desk {
        held: ArcRwSignal::new(Held::Loading),
        made: ArcRwSignal::new(None),
        revoking: ArcRwSignal::new(None),
    }));
}

fn desk() -> &'static Desk {
    DESK.with(Clone::clone)
}

pub fn page() -> El {
    shell::set_title(words::TITLE);
    desk().held.set(Held::Loading);
    // Shown once: not to whoever comes here next.
    desk().made.set(None);
    desk().revoking.set(None);
    when_online(Rc::new(|| spawn_local(load())));
    let held = el("section").child(el("h2").child(words::HELD)).child(live(|| held(desk().held.get())));
    el("div")
        .class("page tokens")
        .child(el("h1").child(words::TITLE))
        .child(el("p").class("lead").child(words::LEAD).child(words::PASSWORD))
        .child(live(|| desk().made.get().map(made::notice)))
        .child([held, form::section(), revoke_dialog()])
}

async fn load() {
    let answer = remembered::answer::<Tokens>(api::request(&Tokens::build(())), String::new()).await;
    desk().held.set(match answer {
        Ok(data) => Held::Tokens(data.tokens),
        Err(failure) => Held::Failed(failure),
    });
}

fn held(held: Held) -> El {
    let told = |sentence: &str| el("p").attr("role", "status").child(sentence);
    match held {
        Held::Loading => told(text::LOADING),
        Held::Failed(failure) => {
            let why = match failure {
                Failure::Offline => words::OFFLINE.to_owned(),
                other => other.message(),
            };
            let again = button("button", text::TRY_AGAIN, || spawn_local(load()));
            el("div").attr("role", "alert").child(el("p").child(why)).child(again)
        }
        Held::Tokens(tokens) if tokens.is_empty() => told(words::NONE),
        Held::Tokens(tokens) => el("ul").class("cards").child(tokens.iter().map(line).collect::<Vec<_>>()),
    }
}

/// One token: what it is for, what it may do, until when, and when it was last used.
fn line(token: &Token) -> El {
    let (name, expired) = (token.name.as_str(), token.expired);
    let scope = token.scope.0.map_or("", TokenScope::name);
    let used = match &token.last_used_at {
        None => words::UNUSED.to_owned(),
        Some(at) => words::used(&moment(at), token.last_used_from.as_deref().unwrap_or_default()),
    };
    let (label, described) = match expired {
        true => (words::REMOVE, words::remove(name)),
        false => (words::REVOKE, words::revoke(name)),
    };
    let asked = token.clone();
    let end_button = button("button danger", label, move || match expired {
        true => spawn_local(end(asked.clone())),
        false => desk().revoking.set(Some(asked.clone())),
    });
    let facts = el("div")
        .child(el("h3").child(name).child(" ").child(el("small").child(scope)))
        .child(
            el("p")
                .child(words::until(&moment(&token.expires_at)))
                .child(expired.then(|| el("b").class("expired").child(words::EXPIRED))),
        )
        .child(el("p").child(used));
    el("li").class("card").child(facts).child(end_button.attr("aria-label", described))
}

fn revoke_dialog() -> El {
    let close = || desk().revoking.set(None);
    dialog(
        || desk().revoking.with(Option::is_some),
        || words::REVOKE_TITLE,
        close,
        move || {
            desk().revoking.get_untracked().map(|token| {
                let why = el("p").child(words::revoke_why(&token.name));
                let end_button = button("button danger", words::REVOKE, move || {
                    close();
                    spawn_local(end(token.clone()));
                });
                let stay = button("button", text::CANCEL, close).attr("autofocus", true);
                vec![why, el("div").class("actions after").child([stay, end_button])]
            })
        },
    )
}

async fn end(token: Token) {
    revoke(token.id, &token.name).await;
}

/// Says whether it is revoked.
async fn revoke(id: Id<TokenId>, name: &str) -> bool {
    let input = RevokeTokenInput { request_id: Id(api::request_id()), id };
    let request = api::request(&RevokeToken::build(RevokeTokenVariables { input }));
    let answer = deliver::<RevokeTokenPayload>(&request, &|| shell::announce(text::OFFLINE)).await;
    let revoked = answer.is_ok();
    shell::toast(match answer {
        Ok(_) => words::revoked(name),
        Err(failure) => failure.message(),
    });
    load().await;
    revoked
}
