//! A comment that is being written: kept with every letter, and with its request while it is on its way.

use super::deliver;
use crate::{
    api::{self, Failure},
    json::{self, Json},
    session,
    sheet::page::Page,
    storage::{Kind, NoRoom},
};
use leptos::task::spawn_local;

/// What every draft's name begins with, beside those of entries.
const PREFIX: &str = "comment:";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// Ids and names of those it is meant for.
    pub to: Vec<(String, String)>,
    /// The mutation as it is sent, and sent again; empty until then.
    pub request: String,
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

    /// Keeps it, or removes what is empty.
    pub fn keep(&self, name: &str) -> Result<(), NoRoom> {
        let shelf = session::shelf().ok_or(NoRoom)?;
        if *self == Self::default() {
            shelf.remove(Kind::Draft, name);
            return Ok(());
        }
        shelf.put_text(Kind::Draft, name, &self.print())
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
        ]);
        // Texts and lists: there is none that JSON cannot say.
        json::to_string(&kept).unwrap_or_default()
    }
}

/// Sends a draft's request until it is answered; the thread then stands in the sheet's. Sending it twice, from two
/// places, does it once.
pub async fn send(page: Page, name: &str, request: &str, waiting: &dyn Fn()) -> Result<(), Failure> {
    let answer = deliver(request, waiting).await;
    let mut draft = Draft::load(name);
    if draft.request == request && !matches!(answer, Err(Failure::SignedOut)) {
        draft = match answer {
            Ok(_) => Draft::default(),
            // To be changed and sent as another one.
            Err(_) => Draft { request: String::new(), ..draft },
        };
        // It is smaller than what stands there.
        let _ = draft.keep(name);
    }
    answer.map(|answer| page.beside.put(answer.get("thread")))
}

/// What was written and has not been sent, of every sheet.
pub fn unsent() -> Vec<String> {
    let Some(shelf) = session::shelf() else { return Vec::new() };
    let names = shelf.names(Kind::Draft, PREFIX).into_iter();
    names.map(|name| Draft::load(&name).text).filter(|text| !text.is_empty()).collect()
}

/// What was being sent when the page was left or reloaded is sent now.
pub fn send_what_waits(page: Page) {
    let Some(shelf) = session::shelf() else { return };
    for name in shelf.names(Kind::Draft, &of_sheet(page)) {
        let request = Draft::load(&name).request;
        if !request.is_empty() {
            spawn_local(async move {
                // A refusal leaves the draft, which is shown where it was written.
                let _ = send(page, &name, &request, &|| {}).await;
            });
        }
    }
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
        };
        assert_eq!(Draft::parse(&draft.print()), draft);
        assert_eq!(Draft::parse("{}"), Draft::default());
        assert_eq!(Draft::parse("older form"), Draft::default());
    }
}
