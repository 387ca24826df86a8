//! The way out: one mutation after the other, each sent again until the server has answered it.
//!
//! In a queue, so that two quick moves of one entry don't overtake each other, and each begins from the version that
//! the one before has made. The queue belongs to the browser's tab, not to the page that is shown.

use super::{
    act, save,
    wire::{self, Reply},
};
use crate::{
    api::{self, Failure},
    session,
    sheet::{load, page::here},
    shell::{self, SaveState},
    text::sheet as text,
    ui::dom,
};
use leptos::task::spawn_local;
use renkei_domain::AccountId;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What is to be done, and in whose name.
pub struct Job {
    pub task: Task,
    pub account: AccountId,
}

pub enum Task {
    Save(save::Save),
    Act(act::Act),
}

thread_local! {
    static QUEUE: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Does it when its turn has come.
pub fn enqueue(task: Task) {
    let Some(viewer) = session::viewer() else { return };
    QUEUE.with_borrow_mut(|queue| queue.push_back(Job { task, account: viewer.id }));
    if !BUSY.replace(true) {
        spawn_local(run());
    }
}

async fn run() {
    while let Some(job) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        shell::set_save_state(SaveState::Saving);
        let trouble = match job.task {
            Task::Save(save) => save.perform(job.account).await,
            Task::Act(act) => act.perform(job.account).await,
        };
        shell::set_save_state(trouble.map_or_else(save::drafts_left, SaveState::NeedsYou));
    }
    BUSY.set(false);
    if let Some(page) = here() {
        load::reload_soon(page);
    }
}

/// Sends until there is an answer: waits for a server that is away, and for a person whose session has expired.
/// `waiting` is told when the waiting begins.
pub async fn until_answered(
    account: AccountId,
    request: String,
    waiting: &dyn Fn(),
) -> Result<Reply, Failure> {
    loop {
        let answer = api::ask(request.clone()).await;
        match answer.and_then(|answer| wire::read(&answer)) {
            Err(Failure::Offline) => {
                shell::set_save_state(SaveState::Waiting(text::WAITING_SHORT.to_owned()));
                waiting();
                while !api::is_online() {
                    pause().await;
                }
            }
            Err(Failure::SignedOut) => {
                let same = || session::viewer().is_some_and(|viewer| viewer.id == account);
                if !session::require_sign_in().await || !same() {
                    return Err(Failure::SignedOut);
                }
            }
            answer => return answer,
        }
        shell::set_save_state(SaveState::Saving);
    }
}

async fn pause() {
    /// Milliseconds between two looks whether the server is back.
    const LOOK_MS: i32 = 250;
    let over = js_sys::Promise::new(&mut |resolve, _| {
        dom::after(LOOK_MS, move || {
            // A promise's own function does not fail.
            let _ = resolve.call0(&JsValue::NULL);
        });
    });
    let _ = JsFuture::from(over).await;
}
