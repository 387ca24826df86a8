//! Searching over all years, facets, organisations and snapshots of a region.

use renkei_tests::{Client, Database, Matrix, Nation, TestApp, edit, note, request_id};
use serde_json::{Value, json};

const SEARCH: &str =
    "query($regionId: ID!, $text: String!, $filter: EntryFilter, $first: Int, $after: String) {
    search(regionId: $regionId, text: $text, filter: $filter, first: $first, after: $after) { totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor snapshot { id label } node { id body notes { text } fiscalYear facet version position
            explicitScenes scenes owner { name } item { code title } updatedBy { name } } } } }";

struct Search<'c> {
    client: &'c Client,
    region: Value,
}

impl<'c> Search<'c> {
    fn new(client: &'c Client) -> Self {
        Self { client, region: Matrix::read(client).region["id"].clone() }
    }

    fn ask(&self, text: &str, more: Value) -> Value {
        let mut variables = json!({ "regionId": self.region, "text": text });
        variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.client.data(SEARCH, variables)["search"].take()
    }

    /// The texts of all that is found, each with the label of the snapshot in which it stands.
    fn texts(&self, text: &str) -> Vec<(String, Option<String>)> {
        let found = self.ask(text, json!({ "first": 100 }));
        let edges = found["edges"].as_array().unwrap();
        assert_eq!(found["totalCount"], edges.len(), "{found}");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        edges
            .iter()
            .map(|edge| (text(&edge["node"]["body"]).unwrap(), text(&edge["snapshot"]["label"])))
            .collect()
    }

    fn bodies(&self, text: &str) -> Vec<String> {
        self.texts(text).into_iter().map(|(body, _)| body).collect()
    }
}

fn snapshot(client: &Client, matrix: &Matrix, label: &str) {
    let create = "mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }";
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "label": label });
    let created = client.data(create, json!({ "input": input }));
    assert_eq!(created["createSnapshot"]["__typename"], "SnapshotCreated", "{created}");
}

#[test]
fn words_are_found_as_the_sheets_filter_finds_them() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let search = Search::new(&hub);
    let matrix = Matrix::read(&hub);
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "ＩＣＴを50%_活用し、𠮷田病院と連携する\\"));
    let mut noted = matrix.new_entry("イ", "PLAN", "研修会を開く");
    noted["notes"] = json!([note("ASTERISK", "ﾃﾚﾜｰｸ 推進", 0), note("DOT", "看取りの話", 1)]);
    hub.change("createEntry", &noted);
    for text in [
        "看取",
        "退院",
        "在宅 連携",
        "\"多職種 連携\"",
        "\"在宅医療",
        "ict",
        "ICT",
        "ｉｃｔ",
        "50%",
        "%_",
        "_",
        "𠮷田",
        "\\",
        "て",
        "テレワーク",
        "\"テレワーク 推進\"",
        "研修会 看取り",
        "(",
        "（",
        "病院　連携",
        "”研修会”",
        "そんな語はない",
        "在\0宅",
    ] {
        let filtered = Matrix::filtered(&hub, &json!({ "text": text })).entries();
        let mut expected: Vec<&str> = filtered.iter().map(|entry| entry["body"].as_str().unwrap()).collect();
        let found = search.bodies(text);
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(search.bodies("ict 𠮷田"), ["ＩＣＴを50%_活用し、𠮷田病院と連携する\\"]);
    assert_eq!(search.bodies("テレワーク"), ["研修会を開く"]);
    assert_eq!(search.ask("", json!({}))["totalCount"], 66);
    assert_eq!(search.ask(" 　", json!({}))["totalCount"], 66);
}

#[test]
fn what_changes_is_found_as_it_is_now() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let search = Search::new(&honjo);
    let matrix = Matrix::read(&hub);
    let made = hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "いろはにほへと"));
    assert_eq!(search.bodies("いろは"), ["いろはにほへと"]);
    let entry = matrix_entry(&hub, &made);
    hub.change("updateEntry", &edit(&entry, "ちりぬるを"));
    assert!(search.bodies("いろは").is_empty());
    let entry = matrix_entry(&hub, &made);
    let there = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
    hub.change("deleteEntry", &there);
    assert!(search.bodies("ちりぬる").is_empty(), "it is deleted");
}

fn matrix_entry(client: &Client, made: &Value) -> Value {
    Matrix::read(client).entry(&made["entry"]["id"])
}

#[test]
fn scenes_and_owners_narrow_it() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("本庄市");
    let own = with_scenes(&matrix, Some(&town), "市の訪問の研修", &["END_OF_LIFE"]);
    assert_eq!(honjo.change("createEntry", &own)["__typename"], "EntrySaved");
    hub.change("createEntry", &with_scenes(&matrix, None, "訪問の研修", &["EMERGENCY"]));
    let search = Search::new(&hub);
    let bodies = |filter: Value| {
        let found = search.ask("訪問の研修", json!({ "filter": filter, "first": 100 }));
        let edges = found["edges"].as_array().unwrap();
        let body = |edge: &Value| edge["node"]["body"].as_str().unwrap().to_owned();
        edges.iter().map(body).collect::<Vec<_>>()
    };
    assert_eq!(bodies(json!({ "joint": true })), ["訪問の研修"]);
    assert_eq!(bodies(json!({ "joint": false })), ["市の訪問の研修"]);
    assert_eq!(bodies(json!({ "ownerIds": [town] })), ["市の訪問の研修"]);
    assert_eq!(bodies(json!({ "scenes": ["END_OF_LIFE"] })), ["市の訪問の研修"]);
    assert_eq!(bodies(json!({ "scenes": ["EMERGENCY", "END_OF_LIFE"], "sceneMatch": "ALL" })), [""; 0]);
    assert_eq!(bodies(json!({ "text": "市" })), ["市の訪問の研修"], "both texts");
    let all = search.ask("", json!({ "filter": { "explicitScenesOnly": true } }));
    let sheet = Matrix::filtered(&hub, &json!({ "explicitScenesOnly": true }));
    assert_eq!(all["totalCount"], sheet.entries().len());
}

fn with_scenes(matrix: &Matrix, owner: Option<&Value>, body: &str, scenes: &[&str]) -> Value {
    let mut input = matrix.new_entry("ア", "GOAL", body);
    input["ownerId"] = json!(owner);
    input["explicitScenes"] = json!(scenes);
    input
}

#[test]
fn what_stood_in_a_snapshot_is_found_where_it_differs_from_today() {
    let app = TestApp::demo();
    let (hub, approver) = (app.sign_in("hub"), app.sign_in("hub-approver"));
    let matrix = Matrix::read(&hub);
    let search = Search::new(&hub);
    let made = hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "花の色は"));
    snapshot(&approver, &matrix, "第1回");
    let now = |body: &str| (body.to_owned(), None);
    let then = |body: &str, label: &str| (body.to_owned(), Some(label.to_owned()));
    assert_eq!(search.texts("花の"), [now("花の色は")], "the same is told once");
    // Another version of the same text.
    let town = matrix.organization("本庄市");
    let entry = matrix_entry(&hub, &made);
    let assign =
        json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"], "ownerId": town });
    assert_eq!(hub.change("assignEntry", &assign)["__typename"], "EntrySaved");
    assert_eq!(search.texts("花の"), [now("花の色は")]);
    snapshot(&approver, &matrix, "第2回");
    let entry = matrix_entry(&hub, &made);
    hub.change("updateEntry", &edit(&entry, "花の都"));
    assert_eq!(search.texts("花の"), [now("花の都"), then("花の色は", "第2回")], "once, of the newest");
    assert_eq!(search.texts("色は"), [then("花の色は", "第2回")]);
    let found = search.ask("色は", json!({}));
    let node = &found["edges"][0]["node"];
    assert_eq!((&node["id"], &node["version"]), (&entry["id"], &entry["version"]), "as it was");
    assert_eq!(node["owner"]["name"], "本庄市");
    // Before it belonged to the town, it stood in the first snapshot.
    let joint = search.ask("色は", json!({ "filter": { "joint": true } }));
    assert_eq!(joint["edges"][0]["snapshot"]["label"], "第1回");
    let entry = matrix_entry(&hub, &made);
    let delete = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
    hub.change("deleteEntry", &delete);
    assert_eq!(search.texts("花の"), [then("花の色は", "第2回")], "what is deleted stands there still");
}

/// Whatever has become of the item on the sheet since.
#[test]
fn what_stood_in_a_snapshot_is_found_under_the_item_that_the_snapshot_has() {
    let app = TestApp::demo();
    let (hub, approver) = (app.sign_in("hub"), app.sign_in("hub-approver"));
    let matrix = Matrix::read(&hub);
    let search = Search::new(&hub);
    let under = |text: &str, filter: Value| -> Vec<Value> {
        let found = search.ask(text, json!({ "filter": filter, "first": 100 }));
        let edges = found["edges"].as_array().unwrap().iter();
        let place = |edge: &Value| {
            let node = &edge["node"];
            json!([node["body"], node["item"]["code"], node["item"]["title"], edge["snapshot"]["label"]])
        };
        edges.map(place).collect()
    };
    let title = matrix.row("ア")["item"]["title"].clone();
    let changed = hub.change("createEntry", &matrix.new_entry("ア", "PLAN", "春の夜の夢"));
    hub.change("createEntry", &matrix.new_entry("ア", "PLAN", "夢の跡"));
    hub.change("createEntry", &matrix.new_entry("イ", "PLAN", "夢の通い路"));
    snapshot(&approver, &matrix, "第1回");
    hub.change("updateEntry", &edit(&matrix_entry(&hub, &changed), "夢のまた夢"));

    // The item has another name, and one scene is left of its four.
    app.execute("UPDATE item SET code = 'ケ', code_key = 'ケ' WHERE code = 'ア'");
    let of_item = "item_id = (SELECT id FROM item WHERE code = 'ケ')";
    app.execute(&format!("UPDATE sheet_item SET title = '新しい項目', scenes = 1 WHERE {of_item}"));
    let then = json!(["春の夜の夢", "ア", title, "第1回"]);
    let other = json!(["夢の通い路", "イ", matrix.row("イ")["item"]["title"], null]);
    assert_eq!(
        under("夢", json!({})),
        [
            json!(["夢のまた夢", "ケ", "新しい項目", null]),
            then.clone(),
            json!(["夢の跡", "ケ", "新しい項目", null]),
            other.clone(),
        ]
    );
    assert_eq!(under("夢", json!({ "scenes": ["END_OF_LIFE"] })), [then.clone(), other.clone()]);

    // The sheet has the item no more. What stands under it is on no sheet of today.
    app.execute(&format!("DELETE FROM sheet_item WHERE {of_item}"));
    let kept = json!(["夢の跡", "ア", title, "第1回"]);
    assert_eq!(under(" 夢", json!({})), [other.clone(), then.clone(), kept.clone()]);
    let first = search.ask(" 夢", json!({ "first": 2 }));
    let rest = search.ask(" 夢", json!({ "first": 2, "after": first["pageInfo"]["endCursor"] }));
    assert_eq!(rest["edges"][0]["node"]["body"], "夢の跡");
    assert_eq!(rest["edges"][0]["node"]["scenes"].as_array().unwrap().len(), 4, "the item's, as it was");
    assert_eq!((&rest["totalCount"], rest["edges"].as_array().unwrap().len()), (&json!(3), 1));

    // A snapshot of what is left does not take from the older one what that one alone has.
    snapshot(&approver, &matrix, "第2回");
    assert_eq!(under("夢 ", json!({})), [other, then, kept]);
}

#[test]
fn pages_go_on_where_they_were_whatever_comes_and_goes() {
    let app = TestApp::demo();
    Nation { regions: 2, years: 3, entries: 2, changes: 1 }.found_in(&app);
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let search = Search::new(&hub);
    let all = search.ask("在宅", json!({ "first": 100 }));
    let cursors = |page: &Value| -> Vec<String> {
        page["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| edge["cursor"].as_str().unwrap().to_owned())
            .collect()
    };
    let years: Vec<i64> = all["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            let (year, facet) =
                (edge["node"]["fiscalYear"].as_i64().unwrap(), edge["node"]["facet"].as_str().unwrap());
            year + i64::from(matches!(facet, "STATUS" | "EVALUATION"))
        })
        .collect();
    assert!(years.is_sorted_by(|a, b| a >= b) && years.contains(&2024), "the newest sheet first: {years:?}");
    let (mut read, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = search.ask("在宅", json!({ "first": 7, "after": after }));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        read.extend(cursors(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if read.len() == 7 {
            // What has come before the page, and the entry that the cursor names, do not matter.
            hub.change("createEntry", &matrix.new_entry("ア", "STATUS", "在宅の新しい文"));
            let last = page["edges"][6]["node"].clone();
            let delete = json!({ "requestId": request_id(), "id": last["id"], "version": last["version"] });
            assert_eq!(hub.change("deleteEntry", &delete)["__typename"], "EntryDeleted");
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    let expected: Vec<String> = cursors(&all);
    let read: Vec<String> = read.into_iter().filter(|cursor| expected.contains(cursor)).collect();
    assert!(all["totalCount"].as_u64().unwrap() > 100);
    assert_eq!(read[..expected.len()], expected, "each once, in order");
    let beyond = search.ask("在宅", json!({ "first": 0 }));
    assert_eq!((&beyond["edges"], &beyond["pageInfo"]["hasNextPage"]), (&json!([]), &json!(true)));
}

#[test]
fn who_does_not_read_a_region_finds_nothing_in_it() {
    let app = TestApp::demo();
    Nation { regions: 1, years: 2, entries: 1, changes: 1 }.found_in(&app);
    let (hub, other) = (app.sign_in("hub"), app.sign_in("p1-0"));
    let search = Search { client: &other, region: Matrix::read(&hub).region["id"].clone() };
    let found = search.ask("在宅", json!({}));
    assert_eq!((&found["totalCount"], &found["edges"]), (&json!(0), &json!([])));
    let unknown = Search { client: &hub, region: json!("x") };
    assert_eq!(unknown.ask("在宅", json!({}))["totalCount"], 0);
    let variables = json!({ "regionId": search.region, "text": "在宅" });
    let refused = app.client().graphql(SEARCH, variables);
    assert_eq!(refused["errors"][0]["extensions"]["code"], "SIGNED_OUT", "{refused}");
}

#[test]
fn what_is_too_long_or_no_cursor_is_refused() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let region = Matrix::read(&hub).region["id"].clone();
    for more in [json!({ "text": "あ".repeat(201) }), json!({ "first": 101 }), json!({ "after": "2026.x" })]
    {
        let mut variables = json!({ "regionId": region, "text": "在宅" });
        variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused = hub.graphql(SEARCH, variables);
        assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{more}: {refused}");
    }
}

#[test]
fn it_takes_as_many_statements_whatever_is_found() {
    let app = TestApp::demo();
    Nation { regions: 2, years: 4, entries: 2, changes: 1 }.found_in(&app);
    let (hub, approver) = (app.sign_in("hub"), app.sign_in("hub-approver"));
    let search = Search::new(&hub);
    let statements = |text: &str, first: i32| {
        app.fewest_statements(|| {
            let found = search.ask(text, json!({ "first": first }));
            assert!(found["totalCount"].as_i64().unwrap() > 0, "{text}");
        })
    };
    assert_eq!(statements("在宅", 100), 12, "nothing stands in snapshots alone");
    let matrix = Matrix::read(&hub);
    let change_after_snapshot = |label: &str, count: usize| {
        snapshot(&approver, &matrix, label);
        for entry in
            Matrix::read(&hub).entries().iter().filter(|entry| entry["fiscalYear"] == 2026).take(count)
        {
            hub.change("updateEntry", &edit(entry, &format!("{label}のあとの在宅")));
        }
    };
    change_after_snapshot("第1回", 1);
    let few = statements("在宅", 100);
    change_after_snapshot("第2回", 3);
    change_after_snapshot("第3回", 9);
    assert_eq!((few, statements("在宅", 100)), (14, 14), "of more years, snapshots and hits as of few");
    assert!(statements("第3回のあと", 1) <= 14);
}

/// What was written before there was a search is found by it as what is written since.
#[test]
fn an_older_database_is_searched_too() {
    let app = TestApp::demo();
    let (hub, approver, honjo) = (app.sign_in("hub"), app.sign_in("hub-approver"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("本庄市");
    let mut noted = matrix.new_entry("ア", "GOAL", "ＩＣＴのいろは");
    noted["notes"] = json!([note("DOT", "ﾃﾚﾜｰｸ", 0)]);
    let changed = hub.change("createEntry", &noted);
    let deleted = hub.change("createEntry", &matrix.new_entry("イ", "PLAN", "消えるいろは"));
    honjo.change("createEntry", &with_scenes(&matrix, Some(&town), "市のいろは", &["END_OF_LIFE"]));
    let never_kept = hub.change("createEntry", &matrix.new_entry("ウ", "PLAN", "残らないいろは"));
    let delete = |made: &Value| {
        let entry = matrix_entry(&hub, made);
        let input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
        assert_eq!(hub.change("deleteEntry", &input)["__typename"], "EntryDeleted");
    };
    delete(&never_kept);
    snapshot(&approver, &matrix, "第1回");
    hub.change("updateEntry", &edit(&matrix_entry(&hub, &changed), "電話のいろは"));
    snapshot(&approver, &matrix, "第2回");
    hub.change("updateEntry", &edit(&matrix_entry(&hub, &changed), "メールのいろは"));
    delete(&deleted);
    let asked = [
        ("いろは", json!({})),
        ("ict テレワーク", json!({})),
        ("いろは", json!({ "scenes": ["END_OF_LIFE"] })),
        ("いろは", json!({ "joint": true })),
        ("いろは", json!({ "ownerIds": [town] })),
        ("在宅", json!({})),
        ("", json!({})),
    ];
    let answers = |client: &Client| {
        let search = Search::new(client);
        asked.clone().map(|(text, filter)| search.ask(text, json!({ "filter": filter, "first": 100 })))
    };
    let before = answers(&hub);
    let now = |body: &str| (body.to_owned(), None);
    let then = |body: &str, label: &str| (body.to_owned(), Some(label.to_owned()));
    let mut told = Search::new(&hub).texts("いろは");
    told.sort();
    let mut expected = [
        then("ＩＣＴのいろは", "第1回"),
        then("電話のいろは", "第2回"),
        then("消えるいろは", "第2回"),
        now("メールのいろは"),
        now("市のいろは"),
    ];
    expected.sort();
    assert_eq!(told, expected);
    app.execute("DROP TABLE snapshot_entry");
    app.execute("DROP TABLE snapshot_item");
    app.execute("ALTER TABLE entry DROP COLUMN folded");
    app.execute("DELETE FROM seaql_migrations WHERE version LIKE 'm0013%' OR version LIKE 'm0014%'");
    let again = TestApp::with(Database::at(app.database.url().to_owned()), Default::default());
    let hub = again.sign_in("hub");
    assert_eq!(answers(&hub), before);
}
