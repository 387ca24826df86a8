//! A comment that is being written: kept with every letter, and with its request while it is on its way. What is kept
//! is what counts: every tab's boxes show it, and every tab sends what is to be sent.

use super::deliver;
use crate::{
    api::{self, Failure},
    entry,
    json::{self, Json},
    session,
    sheet::page::{Page, here},
    shell,
    storage::Kind,
    text::comment as words,
    watched::Watched,
};
use leptos::task::spawn_local;

thread_local! {
    static KEPT: &'static Watched<()> = Watched::forever(());
    static UNDER_WAY: &'static Watched<Vec<String>> = Watched::forever(Vec::new());
}

/// What every draft's name begins with, beside those of entries.
const PREFIX: &str = "comment:";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// Ids and names of those it is meant for.
    pub to: Vec<(String, String)>,
    /// The mutation as it is sent, and sent again; empty until then.
    pub request: String,
    /// Why it was not taken, in words.
    pub trouble: String,
}

/// Told whenever a draft is written, here or in another tab.
pub fn kept() -> &'static Watched<()> {
    KEPT.with(|kept| *kept)
}

/// The requests that this page is sending.
fn under_way() -> &'static Watched<Vec<String>> {
    UNDER_WAY.with(|under_way| *under_way)
}

/// Where a draft is kept: of a sheet, at an entry, a cell or a thread.
pub fn name(page: Page, place: &str) -> String {
    let mut name = of_sheet(page);
    name.push_str(place);
    name
}

fn of_sheet(page: Page) -> String {
    let mut name = PREFIX.to_owned();
    name.push_str(&page.kept_as());
    name.push(':');
    name
}

impl Draft {
    pub fn load(name: &str) -> Self {
        let text = session::shelf().and_then(|shelf| shelf.get_text(Kind::Draft, name));
        text.map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Keeps it, or removes what is empty; the footer says what is left.
    pub fn keep(&self, name: &str) {
        let Some(shelf) = session::shelf() else { return };
        let before = left();
        let text = (*self != Self::default()).then(|| self.print());
        // Without room it stands in this page alone, which says so.
        let _ = shelf.change(&[(Kind::Draft, name, text.as_deref())]);
        if left() != before {
            entry::show_state();
        }
        kept().set(());
    }

    /// It is being sent from here.
    pub fn is_under_way(&self) -> bool {
        under_way().with(|all| all.contains(&self.request))
    }

    /// The mutation that says it, with a request id of its own.
    pub fn request(&self, document: &'static str, place: &[(String, Json)]) -> String {
        let ids = self.to.iter().map(|(id, _)| id.as_str().into()).collect();
        let mut input = place.to_vec();
        for (name, value) in [
            ("requestId", Json::Text(api::request_id())),
            ("body", self.text.as_str().into()),
            ("mentionIds", Json::List(ids)),
        ] {
            input.push((name.to_owned(), value));
        }
        api::request(document, &Json::of([("input", Json::Map(input))]))
    }

    fn parse(text: &str) -> Self {
        let kept = Json::parse(text).unwrap_or(Json::Null);
        let to = |one: &Json| (one.text("id").to_owned(), one.text("name").to_owned());
        Self {
            text: kept.text("text").to_owned(),
            to: kept.list("to").iter().map(to).collect(),
            request: kept.text("request").to_owned(),
            trouble: kept.text("trouble").to_owned(),
        }
    }

    fn print(&self) -> String {
        let to = |(id, name): &(String, String)| {
            Json::of([("id", id.as_str().into()), ("name", name.as_str().into())])
        };
        let kept = Json::of([
            ("text", self.text.as_str().into()),
            ("to", Json::List(self.to.iter().map(to).collect())),
            ("request", self.request.as_str().into()),
            ("trouble", self.trouble.as_str().into()),
        ]);
        // Texts and lists: there is none that JSON cannot say.
        json::to_string(&kept).unwrap_or_default()
    }
}

/// Sends a draft that has a request until that is answered, unless this page is doing so; the thread then stands in the
/// sheet's. Sending it from several tabs does it once, and the first to be answered says so to the others.
pub fn go(page: Page, name: &str) {
    let (name, draft) = (name.to_owned(), Draft::load(name));
    if draft.request.is_empty() || under_way().with_untracked(|all| all.contains(&draft.request)) {
        return;
    }
    let request = draft.request;
    under_way().update(|all| all.push(request.clone()));
    spawn_local(async move {
        let answer = deliver(&request, &|| {}).await;
        let draft = Draft::load(&name);
        // Otherwise another tab was told before, or has typed on.
        let stands = draft.request == request;
        match answer {
            Ok(answer) => {
                if name.starts_with(&of_sheet(page)) {
                    page.beside.put(answer.get("thread"));
                }
                if stands {
                    Draft::default().keep(&name);
                    shell::announce(words::SENT);
                }
            }
            Err(failure) if stands && failure != Failure::SignedOut => {
                // To be changed and sent as another one.
                let trouble = failure.message();
                shell::toast(trouble.clone());
                Draft { request: String::new(), trouble, ..draft }.keep(&name);
            }
            Err(_) => {}
        }
        under_way().update(|all| all.retain(|one| *one != request));
    });
}

/// Another tab has written what is kept under this name. What it sends is sent from here too: it may be closed before.
pub fn follow(name: &str) {
    if name.starts_with(PREFIX) {
        kept().set(());
        if let Some(page) = here() {
            go(page, name);
        }
    }
}

/// Sends what was being sent when a page was left or reloaded, of every sheet.
pub fn send_what_waits(page: Page) {
    for name in names() {
        go(page, &name);
    }
}

/// What was written and has not been sent, of every sheet.
pub fn unsent() -> Vec<String> {
    let texts = names().into_iter().map(|name| Draft::load(&name).text);
    texts.filter(|text| !text.is_empty()).collect()
}

/// How many wait to be sent, and how many are written and not sent, of every sheet.
pub fn left() -> (usize, usize) {
    let (mut waiting, mut written) = (0, 0);
    for name in names() {
        let waits = !Draft::load(&name).request.is_empty();
        *(if waits { &mut waiting } else { &mut written }) += 1;
    }
    (waiting, written)
}

fn names() -> Vec<String> {
    session::shelf().map(|shelf| shelf.names(Kind::Draft, PREFIX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_it_is() {
        let draft = Draft {
            text: "「看取り」の\n件、\"確認\"を".to_owned(),
            to: vec![("1".to_owned(), "本庄市".to_owned())],
            request: r#"{"query":"q"}"#.to_owned(),
            trouble: "取組が見つかりません。".to_owned(),
        };
        assert_eq!(Draft::parse(&draft.print()), draft);
        assert_eq!(Draft::parse("{}"), Draft::default());
        assert_eq!(Draft::parse("older form"), Draft::default());
    }
}
