//! One's own tokens: what scripts ask with. They are made here, shown once, and revoked.

mod form;
mod made;

use crate::{
    api::{self, Failure},
    comment::deliver,
    history::moment,
    json::Json,
    remembered::{self, when_online},
    shell,
    text::{self, token as words},
    ui::{button, dialog},
    view::{El, el, live},
    watched::Watched,
};
use leptos::task::spawn_local;
use renkei_domain::TokenScope;
use std::rc::Rc;

/// What the page is about.
struct Desk {
    held: Watched<Held>,
    /// The one that was just made.
    made: Watched<Option<Made>>,
    /// The one that is asked about.
    revoking: Watched<Json>,
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
    Tokens(Vec<Json>),
    Failed(Failure),
}

thread_local! {
    static DESK: &'static Desk = Box::leak(Box::new(Desk {
        held: Watched::new(Held::Loading),
        made: Watched::new(None),
        revoking: Watched::new(Json::Null),
    }));
}

fn desk() -> &'static Desk {
    DESK.with(|desk| *desk)
}

pub fn page() -> El {
    shell::set_title(words::TITLE);
    desk().held.set(Held::Loading);
    // Shown once: not to whoever comes here next.
    desk().made.set(None);
    desk().revoking.set(Json::Null);
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
    let answer = remembered::answer(include_str!("tokens.graphql"), &Json::Null, String::new()).await;
    desk().held.set(match answer {
        Ok(data) => Held::Tokens(data.list("tokens").to_vec()),
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
fn line(token: &Json) -> El {
    let (name, expired) = (token.text("name"), token.is("expired"));
    let scope = TokenScope::from_code(token.text("scope")).map_or("", TokenScope::name);
    let used = match token.text("lastUsedAt") {
        "" => words::UNUSED.to_owned(),
        at => words::used(&moment(at), token.text("lastUsedFrom")),
    };
    let (label, described) = match expired {
        true => (words::REMOVE, words::remove(name)),
        false => (words::REVOKE, words::revoke(name)),
    };
    let asked = token.clone();
    let end_button = button("button danger", label, move || match expired {
        true => spawn_local(end(asked.clone())),
        false => desk().revoking.set(asked.clone()),
    });
    let facts = el("div")
        .child(el("h3").child(name).child(" ").child(el("small").child(scope)))
        .child(
            el("p")
                .child(words::until(&moment(token.text("expiresAt"))))
                .child(expired.then(|| el("b").class("expired").child(words::EXPIRED))),
        )
        .child(el("p").child(used));
    el("li").class("card").child(facts).child(end_button.attr("aria-label", described))
}

fn revoke_dialog() -> El {
    let close = || desk().revoking.set(Json::Null);
    dialog(
        || desk().revoking.with(|token| !token.is_null()),
        || words::REVOKE_TITLE,
        close,
        move || {
            let token = desk().revoking.get_untracked();
            let why = el("p").child(words::revoke_why(token.text("name")));
            let end_button = button("button danger", words::REVOKE, move || {
                close();
                spawn_local(end(token.clone()));
            });
            let stay = button("button", text::CANCEL, close).attr("autofocus", true);
            (why, el("div").class("actions after").child([stay, end_button]))
        },
    )
}

async fn end(token: Json) {
    revoke(token).await;
}

/// Says whether it is revoked.
async fn revoke(token: Json) -> bool {
    let input = Json::of([("requestId", Json::Text(api::request_id())), ("id", token.get("id").clone())]);
    let request = api::request(include_str!("revoke_token.graphql"), &Json::of([("input", input)]));
    let answer = deliver(&request, &|| shell::announce(text::OFFLINE)).await;
    let revoked = answer.is_ok();
    shell::toast(match answer {
        Ok(_) => words::revoked(token.text("name")),
        Err(failure) => failure.message(),
    });
    load().await;
    revoked
}
