//! What forms are made of.

use leptos::prelude::*;

/// A label and its input; the children, in this order, are a hint if there is one and the input, whose id is `id`.
#[component]
pub fn Field(id: &'static str, label: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
        </div>
    }
}

/// A form's button, which says that it is at work while it is `pending`.
#[component]
pub fn SubmitButton(
    #[prop(into)] pending: Signal<bool>,
    label: &'static str,
    pending_label: &'static str,
) -> impl IntoView {
    view! {
        <button class="button main" aria-disabled=move || pending.get().then_some("true")>
            {move || if pending.get() { pending_label } else { label }}
        </button>
    }
}
