//! Is the server there? Known from the last request; while it is away, asked again until it answers.

use super::transport;
use crate::ui::dom;
use leptos::{prelude::*, task::spawn_local};
use std::cell::Cell;

/// Milliseconds between two looks, while the server is away: the first is short, then they double.
const PAUSE_MS: [i32; 6] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

thread_local! {
    static ONLINE: ArcRwSignal<bool> = ArcRwSignal::new(true);
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

/// True while the server answers. What waits for it watches this.
pub fn use_online() -> Signal<bool> {
    ONLINE.with(|online| online.clone()).into()
}

/// [`use_online`] for one look.
pub fn is_online() -> bool {
    ONLINE.with(|online| online.get_untracked())
}

/// The server has not answered: looks for it until it does.
pub fn lost() {
    set(false);
    if LOOKING.with(|looking| looking.replace(true)) {
        return;
    }
    spawn_local(async {
        let mut pauses = PAUSE_MS.into_iter();
        let mut pause = PAUSE_MS[0];
        loop {
            pause = pauses.next().unwrap_or(pause);
            dom::pause(pause).await;
            if transport::healthy().await {
                break;
            }
        }
        LOOKING.with(|looking| looking.set(false));
        set(true);
    });
}

fn set(value: bool) {
    ONLINE.with(|online| {
        if online.get_untracked() != value {
            online.set(value);
        }
    });
}
