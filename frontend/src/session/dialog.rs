//! Signing in again over a page whose session has expired: everything typed stays beneath.

use leptos::prelude::*;

/// Asks to sign in over the page; true when somebody has, false when the dialog was left. Several that ask at once
/// share one dialog.
pub async fn require_sign_in() -> bool {
    false
}

#[component]
pub fn SignInDialog() -> impl IntoView {}
