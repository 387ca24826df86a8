//! Many entries at once: one request, one transaction, a change for each; each judged alone, or all or none.

use renkei_tests::{Client, Matrix, Socket, TestApp, edit, note, request_id, versions};
use serde_json::{Value, json};

const SCENES: [&str; 2] = ["EMERGENCY", "END_OF_LIFE"];

fn about(entries: &[Value], more: Value) -> Value {
    let mut input = json!({ "requestId": request_id(), "entries": versions(entries) });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// One of several new entries.
fn new(matrix: &Matrix, code: &str, facet: &str, body: &str) -> Value {
    let mut input = matrix.new_entry(code, facet, body);
    input.as_object_mut().unwrap().retain(|field, _| !["requestId", "sheetId"].contains(&field.as_str()));
    input
}

fn create(matrix: &Matrix, entries: Vec<Value>) -> Value {
    json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "entries": entries })
}

/// The results, of which there are as many as entries.
#[track_caller]
fn results(payload: &Value) -> Vec<Value> {
    payload["results"].as_array().unwrap_or_else(|| panic!("{payload}")).clone()
}

#[track_caller]
fn all_saved(payload: &Value) -> Vec<Value> {
    let results = results(payload);
    for result in &results {
        assert!(result["entry"].is_object(), "{result}");
    }
    results.iter().map(|result| result["entry"].clone()).collect()
}

/// What undoes these results: each entry back to what it was right after its change before.
fn undo(results: &[Value], before: &[Value]) -> Value {
    let of = |result: &Value| result.get("entry").map_or(result, |entry| entry).clone();
    let one = |(result, change): (&Value, &Value)| json!({ "id": of(result)["id"], "version": of(result)["version"], "changeId": change });
    let entries: Vec<Value> = results.iter().zip(before).map(one).collect();
    json!({ "requestId": request_id(), "entries": entries })
}

/// The last change of each of these entries.
fn last_changes(client: &Client, entries: &[Value]) -> Vec<Value> {
    let query =
        "query($id: ID!) { node(id: $id) { ... on Entry { changes(first: 1) { edges { node { id } } } } } }";
    let last = |entry: &Value| {
        client.data(query, json!({ "id": entry["id"] }))["node"]["changes"]["edges"][0]["node"]["id"].take()
    };
    entries.iter().map(last).collect()
}

/// All entries with their texts and places, without versions.
fn texts(matrix: &Matrix) -> Vec<Value> {
    let text = |entry: &Value| json!([entry["id"], entry["body"], entry["explicitScenes"], entry["owner"]]);
    matrix.entries().iter().map(text).collect()
}

#[test]
fn several_entries_are_created_in_their_order_with_a_change_each() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let there = matrix.entries_of("ア", "PLAN");
    let mut entries = vec![
        new(&matrix, "ア", "PLAN", "先頭の次1"),
        new(&matrix, "ア", "PLAN", "先頭の次2"),
        new(&matrix, "ア", "PLAN", "末尾1"),
        new(&matrix, "ウ", "GOAL", "別の欄"),
        new(&matrix, "ア", "PLAN", "末尾2"),
    ];
    for entry in &mut entries[..2] {
        entry["afterEntryId"] = there[0]["id"].clone();
    }
    entries[0]["notes"] = json!([note("ASTERISK", "年2回", 0), note("DOT", "市内", 1)]);
    entries[0]["explicitScenes"] = json!(["END_OF_LIFE"]);
    entries[0]["ownerId"] = matrix.organization("本庄市");
    let answer = honjo.change("createEntries", &create(&matrix, entries));
    let saved = all_saved(&answer);
    let made = results(&answer);
    let numbers: Vec<i64> = made.iter().map(|one| one["change"]["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=5).map(|nth| matrix.seq() + nth).collect::<Vec<_>>());
    assert!(made.iter().all(|one| one["change"]["by"]["login"] == "honjo"), "{made:?}");
    let after = Matrix::read(&honjo);
    assert_eq!(after.seq(), matrix.seq() + 5);
    let bodies: Vec<Value> =
        after.entries_of("ア", "PLAN").iter().map(|entry| entry["body"].clone()).collect();
    let mut expected: Vec<Value> = there.iter().map(|entry| entry["body"].clone()).collect();
    expected.splice(1..1, [json!("先頭の次1"), json!("先頭の次2")]);
    expected.extend([json!("末尾1"), json!("末尾2")]);
    assert_eq!(bodies, expected);
    for entry in &saved {
        let mut read = after.entry(&entry["id"]);
        // As it was right after its own change: those behind it had not come yet.
        read["position"] = entry["position"].clone();
        assert_eq!(&read, entry);
    }
    assert_eq!(saved[0]["owner"]["id"], matrix.organization("本庄市"));
}

#[test]
fn of_several_new_entries_all_are_saved_or_none() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let good = || new(&matrix, "ア", "PLAN", "よい取組");
    let with = |field: &str, value: Value| {
        let mut entry = good();
        entry[field] = value;
        entry
    };
    for (wrong, code, field) in [
        (with("body", json!("")), "INVALID", "entries.1.body"),
        (with("body", json!("長".repeat(4_001))), "TOO_LONG", "entries.1.body"),
        (with("notes", json!([note("DOT", "深すぎる", 1)])), "INVALID", "entries.1.notes"),
        (with("itemId", json!(request_id())), "INVALID", "entries.1.itemId"),
        (with("afterEntryId", json!(request_id())), "INVALID", "entries.1.afterEntryId"),
        (with("ownerId", json!(request_id())), "FORBIDDEN", "entries.1"),
        (with("ownerId", matrix.organization("美里町")), "FORBIDDEN", "entries.1"),
        (with("fiscalYear", json!(2031)), "INVALID", "entries.1.fiscalYear"),
    ] {
        let refused = honjo.change("createEntries", &create(&matrix, vec![good(), wrong, good()]));
        assert_eq!((&refused["code"], &refused["field"]), (&json!(code), &json!(field)), "{refused}");
        assert!(refused["message"].as_str().unwrap().starts_with("2件目："), "{refused}");
    }
    assert_eq!(Matrix::read(&honjo).sheet, matrix.sheet);
}

#[test]
fn five_hundred_are_taken_and_no_more() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let many = |count: usize| {
        (0..count).map(|nth| new(&matrix, "ク", "PLAN", &format!("取組{nth}"))).collect::<Vec<_>>()
    };
    for (count, code) in [(0, "INVALID"), (501, "TOO_LONG")] {
        let refused = hub.change("createEntries", &create(&matrix, many(count)));
        assert_eq!((&refused["code"], &refused["field"]), (&json!(code), &json!("entries")), "{refused}");
    }
    // Between two neighbours, where there is room for 32 one behind the other.
    let there = matrix.entries_of("ア", "PLAN");
    let behind = many(500).into_iter().map(|mut entry| {
        (entry["itemId"], entry["afterEntryId"]) = (matrix.item("ア"), there[0]["id"].clone());
        entry
    });
    let input = create(&matrix, behind.collect());
    let saved = all_saved(&hub.change("createEntries", &input));
    assert_eq!(saved.len(), 500);
    let listed = Matrix::read(&hub).entries_of("ア", "PLAN");
    let bodies: Vec<&Value> = listed.iter().map(|entry| &entry["body"]).collect();
    assert_eq!(bodies[1..501], saved.iter().map(|entry| &entry["body"]).collect::<Vec<_>>());
    for mutation in ["tagEntries", "deleteEntries"] {
        let more: Vec<Value> = listed.iter().chain(&matrix.entries_of("ア", "GOAL")).cloned().collect();
        let refused = hub.change(mutation, &about(&more[..501], json!({})));
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!("TOO_LONG"), &json!("entries")),
            "{refused}"
        );
        let refused = hub.change(mutation, &about(&[], json!({})));
        // Nothing says in which region they would be.
        assert_eq!(refused["code"], "NOT_FOUND", "{refused}");
    }
    let gone = hub.change("deleteEntries", &about(&saved, json!({})));
    assert!(results(&gone).iter().all(|one| one["__typename"] == "EntryDeleted"), "{}", results(&gone)[0]);
    assert_eq!(Matrix::read(&hub).entries_of("ア", "PLAN"), there);
}

#[test]
fn every_bulk_edit_does_what_the_edit_of_one_does() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let start = Matrix::read(&hub);
    let town = start.organization("本庄市");
    let of = |matrix: &Matrix| {
        let some = matrix.entries().into_iter().filter(|entry| entry["facet"] == "PLAN");
        some.take(7).collect::<Vec<_>>()
    };
    let elsewhere = json!({ "itemId": start.item("ク"), "facet": "GOAL", "fiscalYear": 2026 });
    let cases = [
        ("tagEntries", json!({ "add": SCENES })),
        ("assignEntries", json!({ "ownerId": town })),
        ("moveEntries", elsewhere),
        ("deleteEntries", json!({})),
    ];
    for (mutation, more) in cases {
        let before = Matrix::read(&hub);
        let entries = of(&before);
        let changes = last_changes(&hub, &entries);
        let answer = hub.change(mutation, &about(&entries, more));
        let done = results(&answer);
        let after = Matrix::read(&hub);
        assert_eq!(after.seq(), before.seq() + 7, "{mutation}");
        for (entry, result) in entries.iter().zip(&done) {
            let version = result.get("entry").map_or(&result["version"], |entry| &entry["version"]);
            assert_eq!(version.as_i64(), Some(entry["version"].as_i64().unwrap() + 1), "{result}");
            match mutation {
                "tagEntries" => assert_eq!(result["entry"]["explicitScenes"], json!(SCENES)),
                "assignEntries" => assert_eq!(result["entry"]["owner"]["id"], town),
                "moveEntries" => assert_eq!(result["entry"]["item"]["code"], "ク"),
                _ => assert_eq!(result["__typename"], "EntryDeleted"),
            }
        }
        if mutation == "moveEntries" {
            let ids = |entries: &[Value]| entries.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
            assert_eq!(ids(&after.entries_of("ク", "GOAL"))[..7], ids(&entries));
        }
        // So does what was right before the change; and back again.
        let own: Vec<Value> = done.iter().map(|one| one["change"]["id"].clone()).collect();
        let mut before_it = undo(&done, &own);
        for one in before_it["entries"].as_array_mut().unwrap() {
            one["before"] = json!(true);
        }
        let there = hub.change("restoreEntries", &before_it);
        assert_eq!(texts(&Matrix::read(&hub)), texts(&before), "{mutation}");
        let done = match mutation {
            "deleteEntries" => results(&hub.change(mutation, &about(&all_saved(&there), json!({})))),
            _ => {
                all_saved(&there);
                results(&hub.change("restoreEntries", &undo(&results(&there), &own)))
            }
        };
        assert_eq!(texts(&Matrix::read(&hub)), texts(&after), "{mutation}");
        // One undo puts all of them back, in their places.
        let undone = hub.change("restoreEntries", &undo(&done, &changes));
        all_saved(&undone);
        let back = Matrix::read(&hub);
        assert_eq!(texts(&back), texts(&before), "{mutation}");
        assert_eq!(back.seq(), before.seq() + 4 * 7, "{mutation}");
    }
}

#[test]
fn each_entry_is_judged_alone() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entries = matrix.entries_of("イ", "PLAN");
    let others = matrix.entries_of("ア", "PLAN");
    let misato = matrix.organization("美里町");
    let theirs = hub.change("assignEntry", &{
        let mut input = about(&others[..1], json!({}))["entries"][0].clone();
        (input["requestId"], input["ownerId"]) = (json!(request_id()), misato);
        input
    })["entry"]
        .take();
    let mut missing = entries[0].clone();
    missing["id"] = json!(request_id());
    let mut unknown = others[1].clone();
    unknown["version"] = json!(99);
    let gone = &matrix.entries_of("ウ", "PLAN")[0];
    results(&hub.change("deleteEntries", &about(std::slice::from_ref(gone), json!({}))));
    let asked = [entries[0].clone(), theirs.clone(), missing, unknown, gone.clone(), entries[0].clone()];
    for (mutation, more) in [
        ("tagEntries", json!({ "add": ["EMERGENCY"] })),
        ("assignEntries", json!({ "ownerId": matrix.organization("本庄市") })),
        ("moveEntries", json!({ "itemId": matrix.item("ク"), "facet": "PLAN" })),
        ("deleteEntries", json!({})),
    ] {
        let mut asked = asked.clone();
        let newest = Matrix::read(&honjo).entries().into_iter().find(|one| one["id"] == entries[0]["id"]);
        (asked[0], asked[5]) = (newest.clone().unwrap(), newest.unwrap());
        let told = results(&honjo.change(mutation, &about(&asked, more)));
        let codes: Vec<String> = told
            .iter()
            .map(|one| one["code"].as_str().or(one["__typename"].as_str()).unwrap().to_owned())
            .collect();
        let done = if mutation == "deleteEntries" { "EntryDeleted" } else { "EntrySaved" };
        assert_eq!(
            codes,
            [done, "FORBIDDEN", "NOT_FOUND", "INVALID", "EditConflict", "INVALID"],
            "{mutation}"
        );
        assert!(told[4]["theirs"]["deletedAt"].is_string(), "{mutation}");
    }
    assert_eq!(Matrix::read(&hub).entry(&theirs["id"])["version"], theirs["version"]);
}

#[test]
fn an_older_version_is_merged_or_is_a_conflict_as_for_one() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entries = matrix.entries_of("ア", "PLAN");
    let (edited, owned) = (&entries[0], &entries[1]);
    hub.change("updateEntry", &edit(edited, "ほかの人の新しい文"));
    results(&hub.change(
        "assignEntries",
        &about(std::slice::from_ref(owned), json!({ "ownerId": matrix.organization("在宅医療連携拠点") })),
    ));
    let asked = [edited.clone(), owned.clone()];
    // Scenes and a text do not overlap.
    let tagged = results(&hub.change("tagEntries", &about(&asked, json!({ "add": SCENES }))));
    for result in &tagged {
        assert_eq!((&result["merged"], &result["entry"]["explicitScenes"]), (&json!(true), &json!(SCENES)));
    }
    assert_eq!(tagged[0]["entry"]["body"], "ほかの人の新しい文");
    // Nobody deletes what they have not seen, nor takes an entry from whom it was given to since.
    let kept = results(&honjo.change("deleteEntries", &about(&asked, json!({}))));
    assert_eq!((&kept[0]["__typename"], &kept[1]["code"]), (&json!("EditConflict"), &json!("FORBIDDEN")));
    assert_eq!(kept[0]["theirs"]["body"], "ほかの人の新しい文");
    let town = json!({ "ownerId": matrix.organization("本庄市") });
    let assigned = results(&hub.change("assignEntries", &about(&asked, town)));
    let kinds: Vec<&Value> = assigned.iter().map(|one| &one["__typename"]).collect();
    assert_eq!(kinds, ["EntrySaved", "EditConflict"]);
    // Moved by somebody since.
    let moved = matrix.entries_of("イ", "PLAN")[0].clone();
    let elsewhere = json!({ "itemId": matrix.item("ウ"), "facet": "PLAN" });
    results(&hub.change("moveEntries", &about(std::slice::from_ref(&moved), elsewhere)));
    let again = about(&[moved], json!({ "itemId": matrix.item("エ"), "facet": "PLAN" }));
    assert_eq!(results(&hub.change("moveEntries", &again))[0]["__typename"], "EditConflict");
}

#[test]
fn nothing_to_do_makes_no_version() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entries = matrix.entries_of("ア", "PLAN");
    let first = json!({ "itemId": matrix.item("ア"), "facet": "PLAN" });
    for (mutation, more) in [
        ("tagEntries", json!({ "remove": SCENES })),
        ("assignEntries", json!({ "ownerId": null })),
        ("moveEntries", first),
    ] {
        let saved = all_saved(&hub.change(mutation, &about(&entries, more)));
        assert!(saved.iter().all(|one| one["version"] == 1), "{mutation}");
    }
    assert_eq!(Matrix::read(&hub).sheet, matrix.sheet);
    let both = hub.change("tagEntries", &about(&entries, json!({ "add": SCENES, "remove": SCENES })));
    assert_eq!((&both["code"], &both["field"]), (&json!("INVALID"), &json!("remove")));
}

#[test]
fn many_are_moved_one_behind_the_other() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let body = |nth: usize| format!("取組{nth}");
    let made = (0..6).map(|nth| new(&matrix, "ク", "PLAN", &body(nth))).collect();
    let made = all_saved(&hub.change("createEntries", &create(&matrix, made)));
    let ours = |matrix: &Matrix| {
        let cell = matrix.entries_of("ク", "PLAN").into_iter();
        let bodies = cell.filter_map(|entry| entry["body"].as_str().map(str::to_owned));
        bodies.filter(|body| body.starts_with("取組")).collect::<Vec<_>>()
    };
    let newest = |nths: &[usize]| {
        let matrix = Matrix::read(&hub);
        nths.iter().map(|nth| matrix.entry(&made[*nth]["id"])).collect::<Vec<_>>()
    };
    let order = |nths: [usize; 6]| nths.map(body).to_vec();
    // In the order given; what they go behind may be one of them.
    for (asked, after, expected) in [
        (vec![4, 2], Some(0), [0, 4, 2, 1, 3, 5]),
        (vec![4, 2], Some(4), [0, 4, 2, 1, 3, 5]),
        (vec![2, 5, 0], Some(2), [4, 2, 5, 0, 1, 3]),
        (vec![3, 1], Some(5), [4, 2, 5, 3, 1, 0]),
    ] {
        let after = after.map(|nth: usize| made[nth]["id"].clone());
        let to = json!({ "afterEntryId": after });
        all_saved(&hub.change("moveEntries", &about(&newest(&asked), to)));
        assert_eq!(ours(&Matrix::read(&hub)), order(expected), "{asked:?}");
    }
}

#[test]
fn a_request_sent_again_is_done_once_and_answered_as_before() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let entries = matrix.entries_of("ア", "PLAN");
    let mut asked = entries.clone();
    asked[0]["version"] = json!(99);
    let theirs = matrix.organization("美里町");
    let one = create(&matrix, vec![new(&matrix, "ア", "GOAL", "一度だけ")]);
    let mut kept = Vec::new();
    for (mutation, input) in [
        ("createEntries", one),
        ("tagEntries", about(&asked, json!({ "add": ["EMERGENCY"] }))),
        ("assignEntries", about(&entries, json!({ "ownerId": theirs }))),
        ("moveEntries", about(&entries, json!({ "itemId": matrix.item("イ") }))),
        ("deleteEntries", about(&entries, json!({}))),
    ] {
        let first = honjo.change(mutation, &input);
        let (seq, stored) = (Matrix::read(&honjo).seq(), app.count("change"));
        assert_eq!(first, honjo.change(mutation, &input), "{mutation}");
        assert_eq!((Matrix::read(&honjo).seq(), app.count("change")), (seq, stored), "{mutation}");
        kept.push((mutation, input, first));
    }
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    for (mutation, input, mut first) in kept {
        // What the viewer may is told as of now.
        let mut again = honjo.change(mutation, &input);
        for answer in [&mut first, &mut again] {
            for result in answer["results"].as_array_mut().unwrap() {
                for entry in ["entry", "theirs"] {
                    if let Some(entry) = result.get_mut(entry) {
                        entry["viewerCanEdit"] = Value::Null;
                    }
                }
            }
        }
        assert_eq!(first, again, "{mutation} in another phase");
    }
    // An id is good for one kind of request.
    let mut other = about(&entries, json!({ "add": ["EMERGENCY"] }));
    other["requestId"] = json!("no id");
    assert_eq!(honjo.change("tagEntries", &other)["field"], "requestId");
}

#[test]
fn entries_of_another_region_are_not_found_and_nobody_elses_are_touched() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    crate::import::new_region(&app, folder.path(), "秩父郡", "chichibu");
    let file = folder.path().join("sheet.tsv");
    std::fs::write(&file, include_str!("../../../sample/honjo-kodama-r8.tsv")).unwrap();
    let import = ["import", "sheet.tsv", "--region", "秩父郡", "--fiscal-year", "2026", "--database"];
    renkei_tests::renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
    let (honjo, stranger) = (app.sign_in("honjo"), app.sign_in("chichibu"));
    let (ours, theirs) = (Matrix::read(&honjo), Matrix::read(&stranger));
    let (own, foreign) = (ours.entries_of("ア", "PLAN"), theirs.entries_of("ア", "PLAN"));
    let mixed = [foreign[0].clone(), own[0].clone(), foreign[1].clone()];
    let told = results(&honjo.change("tagEntries", &about(&mixed, json!({ "add": ["EMERGENCY"] }))));
    let codes: Vec<&Value> = told.iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, [&json!("NOT_FOUND"), &Value::Null, &json!("NOT_FOUND")]);
    for mutation in ["tagEntries", "assignEntries", "moveEntries", "deleteEntries"] {
        let refused = honjo.change(mutation, &about(&foreign, json!({})));
        assert_eq!(refused["code"], "NOT_FOUND", "{mutation}: {refused}");
    }
    let behind = about(&own[1..2], json!({ "afterEntryId": foreign[0]["id"] }));
    assert_eq!(results(&honjo.change("moveEntries", &behind))[0]["field"], "afterEntryId");
    assert_eq!(Matrix::read(&stranger).sheet, theirs.sheet);
}

#[test]
fn who_watches_hears_of_each_in_order() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    let entries: Vec<Value> = matrix.entries().into_iter().take(40).collect();
    let governed: Vec<Value> = entries.into_iter().filter(|entry| entry["viewerCanEdit"] == true).collect();
    let tagged = hub.change("tagEntries", &about(&governed, json!({ "add": SCENES })));
    for entry in all_saved(&tagged) {
        assert_eq!(socket.change()["entry"]["id"], entry["id"]);
    }
}

#[test]
fn many_take_hardly_more_statements_than_few() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let made = |count: usize| {
        let entries = (0..count).map(|nth| new(&matrix, "ク", "PLAN", &format!("取組{nth}")));
        create(&matrix, entries.collect())
    };
    let count = |mutation: &str, input: &Value| {
        let before = app.statements();
        let answer = hub.change(mutation, input);
        (app.statements() - before, results(&answer))
    };
    let mut counted: Vec<(String, Vec<u64>)> = Vec::new();
    let mut add = |mutation: &str, cost: u64| match counted.iter_mut().find(|(name, _)| name == mutation) {
        Some((_, costs)) => costs.push(cost),
        None => counted.push((mutation.to_owned(), vec![cost])),
    };
    for size in [5, 400] {
        let (cost, created) = count("createEntries", &made(size));
        add("createEntries", cost);
        let mut entries: Vec<Value> = created.iter().map(|one| one["entry"].clone()).collect();
        let changes: Vec<Value> = created.iter().map(|one| one["change"]["id"].clone()).collect();
        let town = json!({ "ownerId": matrix.organization("本庄市") });
        let away = json!({ "itemId": matrix.item("キ"), "facet": "GOAL" });
        for (mutation, more) in
            [("tagEntries", json!({ "add": SCENES })), ("assignEntries", town), ("moveEntries", away)]
        {
            let (cost, done) = count(mutation, &about(&entries, more));
            add(mutation, cost);
            entries = done.iter().map(|one| one["entry"].clone()).collect();
        }
        let (cost, gone) = count("deleteEntries", &about(&entries, json!({})));
        add("deleteEntries", cost);
        let (cost, _) = count("restoreEntries", &undo(&gone, &changes));
        add("restoreEntries", cost);
    }
    println!("statements for 5 and for 400: {counted:?}");
    for (mutation, costs) in counted {
        assert!(costs[1] <= costs[0] && costs[1] <= 20, "{mutation}: {costs:?}");
    }
}
