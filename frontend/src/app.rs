//! The root: shell and pages.

use crate::{
    route::{self, Route},
    session,
    sheet::SheetPage,
};
use leptos::{mount::mount_to_body, prelude::*, task::spawn_local};

/// Starts the client in the page that has loaded it.
pub fn start() {
    route::listen();
    spawn_local(session::open());
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let route = route::use_route();
    move || match route.get() {
        Route::Sheet(region, year) => view! { <SheetPage region year /> }.into_any(),
        _ => ().into_any(),
    }
}
