//! A comment that is being written: kept with every letter, and with its request while it is on its way. What is kept
//! is what counts: every tab's boxes show it, and every tab sends what is to be sent.

use super::{
    compose::Destination,
    queries::{
        AddComment, AddCommentInput, AddCommentVariables, CreateThread, CreateThreadInput,
        CreateThreadVariables, Thread, ThreadPayload,
    },
};
use crate::{
    api::{self, EnumValue, Failure, Id},
    entry::titled,
    history::PanelTarget,
    routes::Route,
    session,
    sheet::{
        page::{Page, here},
        store::CellKey,
    },
    shell,
    storage::Kind,
    sync::outbox,
    text::comment as words,
};
use cynic::MutationBuilder;
use leptos::prelude::*;
use renkei_domain::{FiscalYear, ThreadId};
use serde::{Deserialize, Serialize};

/// What every draft's name begins with, beside those of entries.
const PREFIX: &str = "comment:";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub text: String,
    /// Those it is meant for.
    pub to: Vec<Mentioned>,
    /// The mutation as it is sent, and sent again; empty until then.
    pub request: String,
    /// Why it was not taken, in words.
    pub trouble: String,
}

/// An organisation or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentioned {
    pub id: String,
    pub name: String,
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
        let text = session::account_storage().and_then(|storage| storage.get_text(Kind::Draft, name));
        // What an older client wrote in another form is as good as absent.
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Keeps it, or removes what is empty.
    pub fn keep(&self, name: &str) {
        let Some(storage) = session::account_storage() else { return };
        // Texts and lists: there is none that JSON cannot say.
        let print = || serde_json::to_string(self).unwrap_or_default();
        let text = (*self != Self::default()).then(print);
        // Without room it stands in this page alone, which says so.
        let _ = storage.change(&[(Kind::Draft, name, text.as_deref())]);
    }

    /// It is being sent, or will be by itself.
    pub fn is_under_way(&self) -> bool {
        !self.request.is_empty() && !outbox::declined().get()
    }

    /// The mutation that says it, with a request id of its own.
    pub fn request(&self, destination: &Destination) -> String {
        let (request_id, body) = (Id(api::request_id()), self.text.clone());
        let mention_ids = self.to.iter().map(|one| Id(one.id.clone())).collect();
        match *destination {
            Destination::Thread(thread) => {
                let input = AddCommentInput { request_id, thread_id: Id(thread), body, mention_ids };
                api::request(&AddComment::build(AddCommentVariables { input }))
            }
            Destination::New(sheet, target) => {
                let sheet_id = Id(sheet);
                let input = CreateThreadInput { request_id, sheet_id, body, mention_ids, ..place(target) };
                api::request(&CreateThread::build(CreateThreadVariables { input }))
            }
        }
    }
}

/// The input's fields that say where a new thread stands.
fn place(target: PanelTarget) -> CreateThreadInput {
    match target {
        PanelTarget::Entry(id) => {
            CreateThreadInput { entry_id: Some(Id(id)), ..CreateThreadInput::default() }
        }
        PanelTarget::Cell(CellKey { item, facet, year }) => CreateThreadInput {
            item_id: Some(Id(item)),
            facet: Some(EnumValue(Some(facet))),
            fiscal_year: Some(year.0),
            ..CreateThreadInput::default()
        },
    }
}

/// A request as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    query: String,
    variables: serde_json::Value,
}

/// The same with this release's text of the operation: one that was kept before an upgrade asks for something else.
fn renewed(request: &str) -> String {
    let Ok(kept) = serde_json::from_str::<Kept>(request) else { return request.to_owned() };
    let query = if kept.query.contains("addComment") {
        AddComment::build(AddCommentVariables::default()).query
    } else {
        CreateThread::build(CreateThreadVariables::default()).query
    };
    api::request(&Kept { query, ..kept })
}

/// Sends a comment's request once.
pub async fn ask(request: &str) -> Result<Thread, Failure> {
    api::attempt::<ThreadPayload>(&renewed(request)).await
}

/// Takes in what it was answered; the thread then stands in the sheet's.
pub fn settle(name: &str, request: &str, answer: Result<Thread, Failure>) {
    let draft = Draft::load(name);
    // Otherwise another tab was told before, or has typed on.
    let stands = draft.request == request;
    match answer {
        Ok(thread) => {
            if let Some(page) = here().filter(|page| name.starts_with(&of_sheet(*page))) {
                page.panel.put(thread);
            }
            if stands {
                Draft::default().keep(name);
                shell::announce(words::SENT);
            }
        }
        Err(failure) if stands => {
            // To be changed and sent as another one.
            let trouble = failure.message();
            let said = words::not_sent(&titled(&draft.text), &trouble);
            Draft { request: String::new(), trouble, ..draft }.keep(name);
            let name = name.to_owned();
            shell::toast_until(said, None, move || Draft::load(&name).trouble.is_empty());
        }
        Err(_) => {}
    }
}

/// The requests that wait, of every sheet, with the drafts' names.
pub fn waiting() -> Vec<(String, String)> {
    let all = names().into_iter().map(|name| (Draft::load(&name).request, name));
    all.filter(|(request, _)| !request.is_empty()).map(|(request, name)| (name, request)).collect()
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

/// Opens the panel at the first one of a sheet that is written and not sent; false: there is none.
pub fn open_draft(page: Page) -> bool {
    let sheet = of_sheet(page);
    let place = written().find_map(|name| Place::parse(name.strip_prefix(&sheet)?));
    match place {
        Some(Place::Thread(id)) => page.panel.seek(id),
        Some(Place::Target(target)) => page.panel.show(target),
        None => {}
    }
    place.is_some()
}

/// The address of the first one that is written and not sent, beside its sheet.
pub fn first_draft() -> Option<String> {
    written().find_map(|name| address(&name))
}

fn address(name: &str) -> Option<String> {
    let (sheet, place) = name.strip_prefix(PREFIX)?.split_once(':')?;
    let (region, year) = sheet.split_once('/')?;
    let path = Route::Sheet(region.parse().ok()?, FiscalYear(year.parse().ok()?)).path();
    Some(match Place::parse(place)? {
        Place::Thread(id) => format!("{path}#thread-{id}"),
        Place::Target(target) => path + &target.comments_fragment(),
    })
}

/// The names of those that are not sent.
fn written() -> impl Iterator<Item = String> {
    names().into_iter().filter(|name| Draft::load(name).request.is_empty())
}

/// Where a draft stands beside its sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// An answer, wherever its thread stands.
    Thread(ThreadId),
    Target(PanelTarget),
}

impl Place {
    /// By a draft's name within its sheet.
    fn parse(place: &str) -> Option<Self> {
        Some(match place.split_once(':') {
            Some(("thread", id)) => Self::Thread(id.parse().ok()?),
            Some(_) => Self::Target(PanelTarget::Cell(PanelTarget::parse_cell(&place.replace(':', "/"))?)),
            None => Self::Target(PanelTarget::Entry(place.parse().ok()?)),
        })
    }
}

fn names() -> Vec<String> {
    session::account_storage().map(|storage| storage.names(Kind::Draft, PREFIX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_it_is() {
        let draft = Draft {
            text: "「看取り」の\n件、\"確認\"を".to_owned(),
            to: vec![Mentioned { id: "1".to_owned(), name: "本庄市".to_owned() }],
            request: r#"{"query":"q"}"#.to_owned(),
            trouble: "取組が見つかりません。".to_owned(),
        };
        let kept = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Draft>(&kept).unwrap(), draft);
        assert_eq!(serde_json::from_str::<Draft>("{}").unwrap(), Draft::default());
        let before = r#"{"text":"t","to":[{"id":"1","name":"n"}],"request":"","trouble":""}"#;
        assert_eq!(serde_json::from_str::<Draft>(before).unwrap().to[0].name, "n");
    }

    #[test]
    fn a_draft_has_an_address_by_its_name() {
        const ID: &str = "018f3a52-0000-7000-8000-000000000001";
        let sheet = format!("/regions/{ID}/sheets/2026");
        for (place, fragment) in [
            (ID.to_owned(), format!("#comments-{ID}")),
            (format!("{ID}:PLAN:2026"), format!("#cell-{ID}/PLAN/2026")),
            (format!("thread:{ID}"), format!("#thread-{ID}")),
        ] {
            assert_eq!(address(&format!("comment:{ID}/2026:{place}")), Some(format!("{sheet}{fragment}")));
        }
        assert_eq!(address(&format!("comment:{ID}/2026:{ID}:OTHER:2026")), None);
        assert_eq!(address("comment:x"), None);
    }

    #[test]
    fn a_request_that_was_kept_before_an_upgrade_is_asked_in_this_releases_words() {
        let before = r#"{"query":"mutation AddComment($input: AddCommentInput!) { answer: addComment(input: $input) { __typename } }","variables":{"input":{"body":"件"}}}"#;
        let now: Kept = serde_json::from_str(&renewed(before)).unwrap();
        assert!(now.query.contains("addComment") && now.query.contains("viewerCanComment"), "{}", now.query);
        assert_eq!(now.variables, serde_json::json!({ "input": { "body": "件" } }));
        let before = before.replace("addComment", "createThread");
        let now: Kept = serde_json::from_str(&renewed(&before)).unwrap();
        assert!(
            now.query.contains("createThread") && now.query.contains("viewerCanComment"),
            "{}",
            now.query
        );
    }
}
