//! The sign-in page.

use super::form::SignInForm;
use crate::{shell, text::session as text};
use leptos::prelude::*;

/// Who has signed in is led on by the root, which watches the session.
#[component]
pub fn SignInPage() -> impl IntoView {
    shell::set_title(text::SIGN_IN);
    view! {
        <div class="page slim">
            <h1>{text::SIGN_IN}</h1>
            <p class="lead">{text::LEAD}</p>
            <SignInForm login=None />
            <p class="lead after">{text::FORGOTTEN}</p>
        </div>
    }
}
