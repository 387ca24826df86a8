//! The sign-in page.

use super::form::form;
use crate::{
    shell,
    text::session as text,
    view::{El, el},
};

/// Who has signed in is led on by the root, which watches the session.
pub fn page() -> El {
    shell::set_title(text::SIGN_IN);
    el("div")
        .class("page slim")
        .child(el("h1").child(text::SIGN_IN))
        .child(el("p").class("lead").child(text::LEAD))
        .child(form(None, (), || ()))
        .child(el("p").class("lead after").child(text::FORGOTTEN))
}
