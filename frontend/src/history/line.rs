//! Who, when, what: the lines that history and comments are made of, and a difference as a person reads it.

use crate::{
    json::Json,
    text::{self, history as words, sheet::somebody},
    view::{El, el, text_node},
};
use renkei_domain::{CareScene, Facet, FiscalYear, SceneSet, era};
use web_sys::Node;

/// 本庄市 佐藤花子　R8/11/24 13:05
pub fn who(said: &Json) -> El {
    el("p")
        .class("who")
        .child(el("strong").child(somebody(said.text("byOrganization"), said.text("byName"))))
        .child(words::via(said.text("viaToken")))
        .child(" ")
        .child(el("time").attr("datetime", said.text("at")).child(moment(said.text("at"))))
}

/// One change: who and when, what, and the difference to the version before.
pub fn change(change: &Json, with_place: bool) -> El {
    let about = change.get("entry");
    let line = el("li").class("change").child(
        who(change).child(" ").child(el("b").class("did").child(words::action(change.text("action")))),
    );
    if about.is_null() {
        return line.child(el("p").child(change.text("summary")));
    }
    let place = with_place.then(|| el("p").class("place").child(place(about)));
    let changed = changed(about.get("before"), about.get("after"));
    let changed = (!changed.is_empty()).then(|| el("p").class("changed").child(changed));
    line.child(place).child(changed).child(difference(about.list("difference")))
}

/// A moment of the server's as the clock in Japan shows it: R8/11/24 13:05
pub fn moment(at: &str) -> String {
    clock(js_sys::Date::parse(at) as i64)
}

/// What became of the text; deleted and inserted parts are marked by line and ground, and said (by the style sheet) to
/// who hears the page.
pub fn difference(parts: &[Json]) -> El {
    let parts = parts.iter().map(|part| -> Node {
        match part.text("fate") {
            "DELETED" => el("del").child(part.text("text")).into(),
            "INSERTED" => el("ins").child(part.text("text")).into(),
            _ => text_node(part.text("text")),
        }
    });
    el("p").class("difference").child(parts.collect::<Vec<_>>())
}

/// What else differs between two versions of an entry, in words: scenes, whose it is, where it stands.
pub fn changed(before: &Json, after: &Json) -> String {
    let mut changed = String::new();
    if before.is_null() || after.is_null() {
        return changed;
    }
    let mut say = |sentence: String| {
        if !sentence.is_empty() {
            let comma = if changed.is_empty() { "" } else { "、" };
            changed.extend([comma, &sentence]);
        }
    };
    let (old, new) = (scenes(before), scenes(after));
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    say(text::sheet::scenes_changed(only(new, old), only(old, new)));
    let (old, new) = (before.get("owner"), after.get("owner"));
    if old.text("id") != new.text("id") {
        say(words::owner_changed(owner(old), owner(new)));
    }
    let (old, new) = (place(before), place(after));
    if old != new {
        say(words::moved(&old, &new));
    }
    changed
}

/// （ウ）・令和8年度の計画
pub fn place(about: &Json) -> String {
    let facet = Facet::from_code(about.text("facet")).map_or("", Facet::name);
    text::sheet::place(about.get("item").text("code"), year(about), facet)
}

pub fn year(about: &Json) -> FiscalYear {
    FiscalYear(i32::try_from(about.int("fiscalYear")).unwrap_or_default())
}

fn scenes(version: &Json) -> SceneSet {
    version.list("explicitScenes").iter().filter_map(|scene| CareScene::from_code(scene.as_text())).collect()
}

fn owner(owner: &Json) -> &str {
    if owner.is_null() { text::sheet::JOINT } else { owner.text("shortName") }
}

fn clock(unix_ms: i64) -> String {
    let time = era::tokyo(unix_ms);
    let mut clock = era::format_short(time.date);
    clock.push(' ');
    clock.push_str(&time.hour.to_string());
    clock.push_str(if time.minute < 10 { ":0" } else { ":" });
    clock.push_str(&time.minute.to_string());
    clock
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(more: &str) -> Json {
        let mut text = String::from(r#"{"facet":"PLAN","fiscalYear":2026"#);
        text.push_str(more);
        text.push('}');
        Json::parse(&text).unwrap()
    }

    #[test]
    fn a_moment_is_told_as_in_japan() {
        // 2026-11-24T04:05:00Z
        assert_eq!(clock(1_795_493_100_000), "R8/11/24 13:05");
        assert_eq!(clock(1_795_493_100_000 + 10 * 60_000), "R8/11/24 13:15");
    }

    #[test]
    fn what_differs_beside_the_text_is_said_in_words() {
        let before = version(r#","item":{"code":"ア"},"owner":null,"explicitScenes":[]"#);
        assert_eq!(changed(&before, &before), "");
        assert_eq!(changed(&Json::Null, &before), "");
        let after = version(
            r#","item":{"code":"イ"},"owner":{"id":"1","shortName":"本庄"},"explicitScenes":["END_OF_LIFE"]"#,
        );
        assert_eq!(
            changed(&before, &after),
            "場面に看取りを追加、主体：共同 → 本庄、（ア）・令和8年度の計画 → （イ）・令和8年度の計画"
        );
    }
}
