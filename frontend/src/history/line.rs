//! Who, when, what: the lines that history and comments are made of, and a difference as a person reads it.

use super::queries::{Change, Difference, EntryState, Fate, Owner};
use crate::{
    api::{EnumValue, scene_set},
    text::{self, history as words, sheet::somebody},
    ui::named,
};
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, era};

/// 本庄市 佐藤花子　R8/11/24 13:05
#[component]
pub fn Who(
    organization: String,
    name: String,
    #[prop(optional_no_strip)] token: Option<String>,
    at: String,
    #[prop(optional)] did: Option<&'static str>,
) -> impl IntoView {
    let moment = moment(&at);
    view! {
        <p class="who">
            <strong>
                <bdi>{somebody(&organization, &name)}</bdi>
            </strong>
            {token.map(|token| named(words::via, &token))}
            " "
            <time datetime=at>{moment}</time>
            {did.map(|did| view! { " " <b class="did">{did}</b> })}
        </p>
    }
}

/// One change: who and when, what, and the difference to the version before.
#[component]
pub fn ChangeLine(change: Change, with_place: bool, children: Children) -> impl IntoView {
    let what = match change.entry {
        Some(about) => {
            let place = with_place.then(|| {
                let place = place(&about.item.code, about.facet, about.fiscal_year);
                view! { <p class="place">{place}</p> }
            });
            let changed = changed(about.before.as_ref(), &about.after);
            view! {
                {place}
                {changed_line(changed)}
                <DifferenceText parts=about.difference/>
            }
            .into_any()
        }
        None => view! { <p>{change.summary}</p> }.into_any(),
    };
    view! {
        <li class="change">
            <Who
                organization=change.by_organization
                name=change.by_name
                token=change.via_token
                at=change.at
                did=words::action(change.action)
            />
            {what}
            {children()}
        </li>
    }
}

/// What else differs, if anything does.
pub fn changed_line(changed: String) -> impl IntoView {
    (!changed.is_empty()).then(|| view! { <p class="changed">{changed}</p> })
}

/// What became of the text; deleted and inserted parts are marked by line and ground, and said (by the style sheet) to
/// who hears the page.
#[component]
pub fn DifferenceText(parts: Vec<Difference>) -> impl IntoView {
    let parts = parts.into_iter().map(|Difference { fate, text }| match fate {
        Fate::Deleted => view! { <del>{text}</del> }.into_any(),
        Fate::Inserted => view! { <ins>{text}</ins> }.into_any(),
        Fate::Same | Fate::Unknown => text.into_any(),
    });
    view! {
        <p class="difference">
            <bdi>{parts.collect_view()}</bdi>
        </p>
    }
}

/// A moment of the server's as the clock in Japan shows it.
pub fn moment(at: &str) -> String {
    clock(js_sys::Date::parse(at) as i64)
}

/// What else differs between two versions of an entry, in words.
pub fn changed(before: Option<&EntryState>, after: &EntryState) -> String {
    let Some(before) = before else { return String::new() };
    let [old, new] = [before, after].map(|version| scene_set(&version.explicit_scenes));
    let mut sentences = vec![text::sheet::scenes_changed(old, new)];
    let [old, new] = [before, after].map(|version| version.owner.as_ref());
    if old.map(|owner| owner.id) != new.map(|owner| owner.id) {
        sentences.push(words::owner_changed(owner(old), owner(new)));
    }
    let place = |version: &EntryState| place(&version.item.code, version.facet, version.fiscal_year);
    let [old, new] = [before, after].map(place);
    if old != new {
        sentences.push(words::moved(&old, &new));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join("、")
}

/// （ウ）・令和8年度の計画
pub fn place(item: &str, facet: EnumValue<Facet>, year: i32) -> String {
    text::sheet::place(item, FiscalYear(year), facet.0.map_or("", Facet::name))
}

fn owner(owner: Option<&Owner>) -> &str {
    owner.map_or(text::sheet::JOINT, |owner| &owner.short_name)
}

/// R8/11/24 13:05
fn clock(unix_ms: i64) -> String {
    format!("{} {}", era::format_short(era::tokyo(unix_ms).date), text::sheet::clock(unix_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::Id, history::queries::Item};
    use renkei_domain::CareScene;

    #[test]
    fn a_moment_is_told_as_in_japan() {
        // 2026-11-24T04:05:00Z
        assert_eq!(clock(1_795_493_100_000), "R8/11/24 13:05");
        assert_eq!(clock(1_795_493_100_000 + 10 * 60_000), "R8/11/24 13:15");
    }

    #[test]
    fn what_differs_beside_the_text_is_said_in_words() {
        let before = EntryState {
            version: 1,
            explicit_scenes: Vec::new(),
            owner: None,
            item: Item { id: Id::default(), code: "ア".to_owned() },
            facet: EnumValue(Some(Facet::Plan)),
            fiscal_year: 2026,
        };
        assert_eq!(changed(Some(&before), &before), "");
        assert_eq!(changed(None, &before), "");
        let after = EntryState {
            explicit_scenes: vec![EnumValue(Some(CareScene::EndOfLife))],
            owner: Some(Owner { id: Id::default(), short_name: "本庄".to_owned() }),
            item: Item { code: "イ".to_owned(), ..before.item.clone() },
            ..before.clone()
        };
        assert_eq!(
            changed(Some(&before), &after),
            "場面に看取りを追加、主体：共同 → 本庄、（ア）・令和8年度の計画 → （イ）・令和8年度の計画"
        );
    }
}
