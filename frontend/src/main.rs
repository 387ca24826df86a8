//! The client's start: everything else is in the library.

use leptos::mount::mount_to_body;
use renkei_frontend::{
    app::{App, crash, provide_contexts},
    root,
};

fn main() {
    std::panic::set_hook(Box::new(crash));
    root::with(|| {
        provide_contexts();
        mount_to_body(App);
    });
}
