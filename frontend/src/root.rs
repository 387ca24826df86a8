//! The owner of what is there as long as the client is: its contexts are at hand everywhere, also in timers and after an
//! await, where the component that began has perhaps gone.

use leptos::prelude::*;

thread_local! {
    static ROOT: Owner = Owner::new();
}

/// Runs with the root as owner: what is provided as context is provided for good.
pub fn with<T>(run: impl FnOnce() -> T) -> T {
    ROOT.with(|root| root.with(run))
}

pub fn context<T: Clone + 'static>() -> T {
    with(expect_context::<T>)
}
