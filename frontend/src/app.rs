//! The root: shell round pages, and who may see which.

use crate::ui::SetIfNew;
use crate::{
    account, api, comment, entry, handout, history, region,
    route::{self, Route},
    session::{self, Session},
    sheet, shell,
    text::shell as text,
    token,
    ui::{dom, link, not_found, skeleton},
    view::{El, Piece, effect, el, live},
};
use leptos::prelude::*;
use leptos::{mount::mount_to_body, prelude::untrack, task::spawn_local};
use renkei_domain::AccountId;
use web_sys::Node;

/// Starts the client in the page that has loaded it.
pub fn start() {
    std::panic::set_hook(Box::new(crash));
    route::listen();
    api::listen();
    session::listen();
    if let Some(loading) = dom::find("#start") {
        loading.remove();
    }
    mount_to_body(|| app().add_to(&dom::body()));
    spawn_local(session::open());
    keep_shell();
}

/// Lets the service worker keep the page for when the server is away. Without a secure context there is none.
fn keep_shell() {
    if dom::window().is_secure_context() {
        // Where the browser forbids it, reloading needs the server.
        let _ = dom::window().navigator().service_worker().register("/sw.js");
    }
}

/// A fault of the client's own: the page is at its end, what was typed is kept, and it says so.
fn crash(fault: &std::panic::PanicHookInfo<'_>) {
    web_sys::console::error_1(&fault.to_string().into());
    let document = dom::document();
    let Ok(message) = document.create_element("div") else { return };
    // Nothing more can be done for a page that does not even take a message.
    let _ = message.set_attribute("class", "crash");
    let _ = message.set_attribute("role", "alert");
    message.set_text_content(Some(text::CRASHED));
    if let Ok(link) = document.create_element("a") {
        let _ = link.set_attribute("href", "");
        // Else the client itself would follow it.
        let _ = link.set_attribute("target", "_top");
        link.set_text_content(Some(text::RELOAD));
        let _ = message.append_child(&link);
    }
    let _ = dom::body().append_child(&message);
}

/// Everything that stands on the page.
fn app() -> Vec<El> {
    guard();
    follow();
    rest();
    entry::listen();
    let main = el("main").attr("id", "main").attr("tabindex", "-1").child(page());
    vec![
        link("skip", "#main", text::SKIP),
        el("div").class("app").child([shell::header(), shell::away(), entry::left(), main, shell::footer()]),
        shell::announcer(),
        shell::toasts(),
        session::sign_in_dialog(),
        session::leave_dialog(),
        entry::left_dialog(),
    ]
}

/// What decides about the page besides the address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// Who is there is not known yet.
    Unknown,
    SignedOut,
    SignedIn(AccountId),
}

impl Gate {
    fn of(session: &Session) -> Self {
        match session {
            Session::Unknown => Self::Unknown,
            Session::SignedOut => Self::SignedOut,
            Session::SignedIn(viewer) => Self::SignedIn(viewer.id),
        }
    }
}

/// The page of an address; made anew when somebody else has signed in.
fn page() -> Node {
    let gate = ArcRwSignal::new(Gate::Unknown);
    let known = gate.clone();
    effect(move || known.set_if_new(session::use_session().with(Gate::of)));
    live(move || {
        let (gate, route) = (gate.get(), route::use_route().get());
        // What a page reads while it is made does not make it anew.
        untrack(|| match (gate, route) {
            (Gate::Unknown, _) => Some(skeleton().into()),
            (Gate::SignedOut, Route::SignIn) => Some(session::sign_in_page().into()),
            // On the way to another address.
            (Gate::SignedOut, _) | (Gate::SignedIn(_), Route::SignIn) => None,
            (Gate::SignedIn(_), Route::Start) => Some(region::page()),
            (Gate::SignedIn(_), Route::Account) => Some(account::page().into()),
            (Gate::SignedIn(_), Route::Tokens) => Some(token::page().into()),
            (Gate::SignedIn(_), Route::Sheet(region, year)) => Some(sheet::page(region, year)),
            (Gate::SignedIn(_), Route::Handouts(region, year)) => Some(handout::page(region, year)),
            (Gate::SignedIn(_), Route::History(region, year)) => Some(history::page(region, year)),
            (Gate::SignedIn(_), Route::Waiting) => Some(comment::waiting_page().into()),
            (Gate::SignedIn(_), Route::NotFound) => Some(not_found().into()),
        })
    })
}

/// Leads who is signed out to the sign-in page, and from there back to where they wanted to go.
fn guard() {
    effect(|| {
        let sign_in = route::use_route().get() == Route::SignIn;
        let instead = session::use_session().with(|session| match session {
            Session::SignedOut if !sign_in => Some(route::sign_in_path(&route::here())),
            Session::SignedIn(_) if sign_in => Some(route::wanted()),
            _ => None,
        });
        if let Some(instead) = instead {
            route::go_instead(&instead);
        }
    });
}

/// On a change of page: the shell forgets what the page before said, and reading goes on at the new one's start.
fn follow() {
    let mut before = None;
    effect(move || {
        let now = route::use_route().get();
        if before.is_some_and(|before| before != now) {
            dom::after_render(|| dom::focus(dom::find("main")));
        }
        if now.region() != shell::use_place().with_untracked(|place| place.as_ref().map(|place| place.region))
        {
            shell::set_place(None);
        }
        before = Some(now);
    });
}

/// Where nothing can be typed, the footer tells of what was typed elsewhere and waits there. The sheet speaks for
/// itself.
fn rest() {
    effect(|| {
        let editing = matches!(route::use_route().get(), Route::Sheet(..));
        if session::use_signed_in() && !editing {
            entry::show_state();
            shell::set_keys("");
        }
    });
}
