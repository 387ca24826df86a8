//! The choice of a file, or of a table that is pasted.

use super::send::Source;
use crate::text::import as words;
use crate::ui::Field;
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, ClipboardEvent};

/// What the dialog of the browser offers.
const ACCEPTED: &str = ".xlsx,.xlsm,.ods,.docx,.csv,.tsv,.txt,.html,.htm,.json";

#[component]
pub fn ChooseFile(#[prop(into)] on_choose: UnsyncCallback<Source>) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let on_file = move |_| {
        let file = input.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            let name = file.name();
            on_choose.run(Source { blob: file.into(), name });
        }
    };
    let on_paste = move |event: ClipboardEvent| {
        let Some(data) = event.clipboard_data() else { return };
        let of = |kind: &str| data.get_data(kind).unwrap_or_default();
        let (page, text) = (of("text/html"), of("text/plain"));
        // A table's formatting tells cells and lines apart.
        let (content, kind) = if page.contains("<t") { (page, "text/html") } else { (text, "text/plain") };
        if let Some(blob) = blob(&content, kind).filter(|_| !content.trim().is_empty()) {
            event.prevent_default();
            on_choose.run(Source { blob, name: words::PASTED.to_owned() });
        }
    };
    view! {
        <div class="form">
            <Field id="import-file" label=words::FILE>
                <p class="hint" id="import-file-hint">{words::FILE_HINT}</p>
                <input
                    node_ref=input
                    id="import-file"
                    class="input"
                    type="file"
                    accept=ACCEPTED
                    aria-describedby="import-file-hint"
                    on:change=on_file
                />
            </Field>
            <Field id="import-paste" label=words::PASTE>
                <textarea id="import-paste" class="input" rows="3" on:paste=on_paste></textarea>
            </Field>
        </div>
    }
}

fn blob(content: &str, kind: &str) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    Blob::new_with_str_sequence_and_options(parts.unchecked_ref(), &options).ok()
}
