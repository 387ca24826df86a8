//! Signing out: what was typed is sent first, and on a shared PC nothing of the account stays behind. What cannot be
//! sent is asked about.

use super::{Session, account_storage, set, sign_out};
use crate::{
    entry, root,
    routes::{Route, go_instead},
    shell, storage,
    text::session as words,
    ui::{Dialog, dom},
};
use leptos::task::spawn_local;
use leptos::{either::Either, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// How far signing out has come: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct Leaving(RwSignal<Stage>);

#[derive(Default)]
enum Stage {
    #[default]
    No,
    /// Nothing is typed any more.
    Going,
    /// This cannot be sent.
    Asked(entry::Unsent),
}

fn leaving() -> RwSignal<Stage> {
    root::context::<Leaving>().0
}

/// What signs out, once everything is sent, and asks, if it cannot be.
pub fn use_leave() -> impl Fn() + Clone + Send + Sync {
    let navigate = use_navigate();
    move || leave(navigate.clone())
}

fn leave(navigate: impl Fn(&str, NavigateOptions) + 'static) {
    leaving().set(Stage::Going);
    spawn_local(async {
        let unsent = entry::send_everything().await;
        if unsent.is_empty() {
            sign_out_here(navigate).await;
        } else {
            leaving().set(Stage::Asked(unsent));
            // The dialog is open already, so that the browser puts the focus nowhere by itself.
            dom::after_render(|| dom::focus(dom::find("dialog[open] [autofocus]")));
        }
    });
}

async fn sign_out_here(navigate: impl Fn(&str, NavigateOptions)) {
    let told = sign_out().await;
    // The server would still know this browser: it is told before anything else when it is back.
    storage::set_leaving(!told).await;
    if let Some(storage) = account_storage() {
        storage.clear_account().await;
    }
    set(Session::SignedOut);
    leaving().set(Stage::No);
    // Whoever comes next starts anew, not where this person was.
    go_instead(&navigate, &Route::SignIn.path());
    if !told {
        shell::toast(words::SIGN_OUT_LATER);
    }
}

/// Stands once on the page, whatever page that is.
#[component]
pub fn LeaveDialog() -> impl IntoView {
    let leaving = leaving();
    let open = Signal::derive(move || leaving.with(|leaving| !matches!(leaving, Stage::No)));
    let title = move || {
        leaving.with(|leaving| match leaving {
            Stage::Asked(_) => words::UNSENT,
            Stage::No | Stage::Going => words::SIGNING_OUT,
        })
    };
    view! {
        <Dialog open title on_close=stay>
            {
                move || {
                    leaving.with(|leaving| match leaving {
                        Stage::Asked(unsent) => Either::Right(view! { <Unsent unsent=unsent.clone() /> }),
                        Stage::No | Stage::Going => Either::Left(view! { <p>{words::LEAVING}</p> }),
                    })
                }
            }
        </Dialog>
    }
}

/// What cannot be sent, and what can be done about it.
#[component]
fn Unsent(unsent: entry::Unsent) -> impl IntoView {
    let file = js_sys::encode_uri_component(&unsent.text).as_string().unwrap_or_default();
    let navigate = use_navigate();
    let discard = move |_| {
        leaving().set(Stage::Going);
        spawn_local(sign_out_here(navigate.clone()));
    };
    view! {
        <p>{words::unsent(unsent.requests, unsent.drafts)}</p>
        <div class="actions after">
            <button type="button" class="button main" autofocus on:click=|_| stay()>
                {words::STAY}
            </button>
            <a class="button" download=words::FILE href="data:text/plain;charset=utf-8,".to_owned() + &file>
                {words::KEEP_AS_FILE}
            </a>
            <button type="button" class="button danger" on:click=discard>
                {words::DISCARD}
            </button>
        </div>
    }
}

/// Who has been asked stays after all.
fn stay() {
    if leaving().with_untracked(|leaving| matches!(leaving, Stage::Asked(_))) {
        leaving().set(Stage::No);
    }
}
