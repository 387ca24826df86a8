//! Who may see and do what, for every field and every mutation of the schema as it is served: read from the schema,
//! decided in one table, and judged by the domain's table of rights.

pub mod decisions;
pub mod deeds;
pub mod schema;
pub mod world;

use decisions::{ARGUMENTS, IDS, Id, MUTATIONS, May, Sight};
use deeds::{Standing, depth, owner_of, refusal, with};
use renkei_domain::{Phase, Role};
use renkei_tests::{Client, Matrix, PASSWORD, Socket, TestApp, edit, request_id};
use schema::{Document, Schema};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use world::{Person, World};

/// Each of the schema has a decision, and no decision is about what is not there.
#[track_caller]
fn decided<T: Ord + Debug>(there: &BTreeSet<T>, decided: &BTreeSet<T>) {
    let undecided: Vec<_> = there.difference(decided).collect();
    let gone: Vec<_> = decided.difference(there).collect();
    assert!(undecided.is_empty(), "who may see or do these is not decided: {undecided:?}");
    assert!(gone.is_empty(), "these are decided, and not in the schema: {gone:?}");
}

#[test]
fn every_field_and_every_id_is_decided() {
    let app = TestApp::demo();
    let schema = Schema::read(&app.sign_in("hub"));
    let fields = decisions::fields();
    decided(&schema.fields(), &fields.keys().cloned().collect());
    let mutations: BTreeSet<String> = schema.roots("Mutation").into_iter().collect();
    decided(&mutations, &MUTATIONS.iter().map(|(name, _)| (*name).to_owned()).collect());
    let mut ids = BTreeSet::new();
    for mutation in &mutations {
        ids.extend(schema.input_ids(mutation).into_iter().map(|id| format!("{mutation}.{id}")));
    }
    decided(&ids, &IDS.iter().map(|(name, _)| (*name).to_owned()).collect());
    decided(&schema.id_arguments(), &ARGUMENTS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

/// Whether an answer holds nothing: nulls, empty lists and pages, or a code that says why.
fn says_nothing(answer: &Value, codes: &[&str]) -> bool {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let told = |error: &Value| error["extensions"]["code"].as_str().is_some_and(|code| codes.contains(&code));
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        page => {
            page.get("edges").is_none_or(|edges| *edges == json!([]))
                && page.get("id").is_none()
                && page.get("name").is_none()
                && page.get("totalCount").is_none_or(|count| *count == 0)
        }
    };
    let data = answer.get("data").and_then(Value::as_object);
    errors.iter().all(told)
        && (!errors.is_empty() || data.is_some())
        && data.is_none_or(|data| data.values().all(nothing))
}

/// The kind of thing for which a document has a selection.
fn kind_of(name: &str) -> &str {
    name.split(' ').nth(1).unwrap()
}

#[test]
fn nothing_of_a_foreign_region_is_in_any_answer() {
    let world = World::new();
    let queries = world.queries();
    let reads_all = |person: &Person<'_>| {
        for (name, document) in &queries {
            let answer = person.ask(&document.text, world.home.variables(kind_of(name)));
            assert!(answer.get("errors").is_none(), "{} {name}: {answer}", person.name);
        }
    };
    for role in Role::ALL {
        world.set_role("honjo", role);
        let person = world.member("honjo");
        reads_all(&person);
        blind(&world, &queries, &person);
    }
    reads_all(&world.member("hub-approver"));
    reads_all(&Person { blind_to: Vec::new(), ..world.member("misato") });
    // Whoever reads it is told: the marks are there to be found.
    for person in [world.operator(), Person { blind_to: vec![&world.home], ..world.stranger() }] {
        let told = queries.iter().map(|(name, document)| {
            person.ask(&document.text, world.foreign.variables(kind_of(name))).to_string()
        });
        let told: String = told.collect();
        let of_another =
            |kind: &str| person.name == "operator" && ["Draft", "Token", "Notice"].contains(&kind);
        for (kind, ids) in world.foreign.ids.iter().filter(|(kind, _)| !of_another(kind)) {
            assert!(told.contains(&ids[0]), "{} is told of no {kind}", person.name);
        }
    }
}

/// Asks for everything of a foreign region, with all documents and by all its ids.
fn blind(world: &World, queries: &[(String, Document)], person: &Person<'_>) {
    for (name, document) in queries.iter().filter(|(_, document)| document.text.contains("($")) {
        let answer = person.ask(&document.text, world.foreign.variables(kind_of(name)));
        assert!(says_nothing(&answer, &["NOT_FOUND"]), "{} {name}: {answer}", person.name);
    }
    for id in world.foreign.ids.values().flatten() {
        let answer =
            person.ask("query($node: ID!) { node(id: $node) { id __typename } }", json!({ "node": id }));
        assert_eq!(answer, json!({ "data": { "node": null } }), "{} {id}", person.name);
    }
}

#[test]
fn who_has_not_signed_in_is_told_nothing() {
    let world = World::new();
    let nobody = world.nobody();
    for (name, document) in world.queries() {
        for land in [&world.home, &world.foreign] {
            let answer = nobody.ask(&document.text, land.variables(kind_of(&name)));
            assert!(says_nothing(&answer, &["SIGNED_OUT", "NOT_FOUND"]), "{name}: {answer}");
        }
    }
    for id in world.home.ids.values().flat_map(|ids| ids.iter().take(3)) {
        let answer = nobody.ask("query($node: ID!) { node(id: $node) { id } }", json!({ "node": id }));
        assert!(says_nothing(&answer, &["SIGNED_OUT"]), "{id}: {answer}");
    }
    let before = world.stock();
    for (mutation, _) in MUTATIONS.iter().filter(|(_, may)| *may == May::Oneself) {
        let document = world.schema.mutation(mutation, 1).text;
        let target = world.target(&world.hub, mutation, &Value::Null);
        let input = match *mutation {
            "signOut" => json!({}),
            "changePassword" => json!({ "currentPassword": PASSWORD, "newPassword": "another-password" }),
            _ => world.inputs(mutation, &target).remove(0),
        };
        let before = world.stock();
        let refused = refusal(mutation, &nobody.ask(&document, json!({ "input": input })));
        // Signing out is no matter, and there is no draft to let go.
        let nothing =
            matches!((*mutation, refused.as_deref()), ("signOut" | "discardDraft", None | Some("false")));
        assert!(nothing || refused.as_deref() == Some("SIGNED_OUT"), "{mutation}: {refused:?}");
        assert_eq!(world.stock(), before, "{mutation}");
    }
    assert!(world.stock() >= before);
}

#[test]
fn every_field_of_the_schema_is_asked_for() {
    let world = World::new();
    let mut asked: BTreeSet<_> =
        world.queries().into_iter().flat_map(|(_, document)| document.selects).collect();
    for (mutation, _) in MUTATIONS {
        asked.extend(world.schema.mutation(mutation, depth(mutation)).selects);
    }
    for subscription in world.schema.roots("Subscription") {
        asked.extend(world.schema.subscription(&subscription).selects);
    }
    // Of a conflict, which shows what its own editor began with and wants.
    asked.insert(("EntryText".to_owned(), "notes".to_owned()));
    let missing: Vec<_> = decisions::fields().into_keys().filter(|place| !asked.contains(place)).collect();
    assert!(missing.is_empty(), "no document of these tests selects {missing:?}");
}

#[test]
fn searching_and_events_stay_in_ones_own_region() {
    let world = World::new();
    let person = world.member("honjo");
    let foreign = &world.foreign;
    let rows =
        "query($sheet: ID!, $filter: EntryFilter) { node(id: $sheet) { ... on Sheet { rows(filter: $filter) {
        sceneCounts { total } cells { entries { id body } } } } } }";
    for filter in [json!({ "text": "蓬莱" }), json!({ "ownerIds": foreign.ids["Organization"] })] {
        let answer = person.ask(rows, json!({ "sheet": world.home.sheet, "filter": filter }));
        let rows = answer["data"]["node"]["rows"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let cells = rows.iter().flat_map(|row| row["cells"].as_array().unwrap());
        assert!(cells.map(|cell| &cell["entries"]).all(|entries| *entries == json!([])), "{answer}");
    }
    let changes = "query($sheet: ID!, $item: ID) { node(id: $sheet) { ... on Sheet { changes(itemId: $item) {
        edges { node { id summary } } } } } }";
    for item in &foreign.ids["Item"] {
        let answer = person.ask(changes, json!({ "sheet": world.home.sheet, "item": item }));
        assert_eq!(answer["data"]["node"]["changes"]["edges"], json!([]), "{answer}");
    }
    for subscription in world.schema.roots("Subscription") {
        let document = world.schema.subscription(&subscription).text;
        let mut socket = Socket::greeted(&world.app.url, &person.client);
        socket.subscribe("it", &document, json!({ "sheet": foreign.sheet }));
        let heard = socket.hear();
        assert!(heard["type"] == "error" || says_nothing(&heard["payload"], &["NOT_FOUND"]), "{heard}");
        assert!(foreign.marks.iter().all(|mark| !heard.to_string().contains(mark)), "{heard}");
    }
    let mut socket = Socket::on_sheet(&world.app.url, &person.client, &world.matrix, Value::Null);
    let there = &world.foreign_matrix;
    let theirs = world.foreign_admin.change("createEntry", &there.new_entry("ア", "GOAL", "蓬莱だけの取組"));
    assert_eq!(theirs["__typename"], "EntrySaved", "{theirs}");
    world.hub.change("createEntry", &world.matrix.new_entry("ア", "GOAL", "こちらの取組"));
    assert_eq!(socket.change()["entry"]["body"], "こちらの取組", "nothing else was heard before");
}

#[test]
fn what_is_ones_own_is_told_to_nobody_else() {
    let world = World::new();
    let queries = world.queries();
    let others: Vec<&String> =
        ["Draft", "Token", "Notice"].iter().flat_map(|kind| &world.home.ids[kind]).collect();
    let own = decisions::fields().into_iter().filter(|(_, sight)| *sight == Sight::Own);
    let own: BTreeMap<_, _> = own.collect();
    let told = |person: &Person<'_>| {
        let about = queries
            .iter()
            .filter(|(_, document)| document.selects.iter().any(|place| own.contains_key(place)));
        let answers = about.map(|(name, document)| {
            person.ask(&document.text, world.home.variables(kind_of(name))).to_string()
        });
        answers.collect::<String>()
    };
    let hub =
        told(&Person { name: "hub-approver", client: world.app.sign_in("hub-approver"), blind_to: vec![] });
    assert!(others.iter().all(|id| hub.contains(id.as_str())), "whose they are");
    // An operator reads every region.
    let admin = Person { name: "admin", client: world.app.sign_in("admin"), blind_to: vec![] };
    for person in [world.member("honjo"), world.member("hub"), admin, world.operator()] {
        let told = told(&person);
        for id in &others {
            assert!(!told.contains(id.as_str()), "{} is told of {id}", person.name);
            let node = person.client.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }));
            assert_eq!(node, json!({ "node": null }), "{}", person.name);
        }
        let tokens = world.home.ids["Token"].iter();
        for id in tokens {
            let refused =
                world.attempt(&person, "revokeToken", &json!({ "requestId": request_id(), "id": id }));
            assert_eq!(refused.as_deref(), Some("NOT_FOUND"), "{}", person.name);
        }
        let visit = "query($id: ID!) { node(id: $id) { ... on Sheet { lastVisit { seq } } } }";
        let visit = person.client.data(visit, json!({ "id": world.home.sheet }));
        assert_eq!(visit["node"]["lastVisit"], Value::Null, "{}", person.name);
    }
    // The thread waits for whom it mentions: the town, and nobody else.
    let waiting = "{ waitingThreads { totalCount edges { node { waitsForViewer } } } }";
    for (login, count) in [("honjo", 1), ("hub", 0), ("kamikawa", 0), ("hokenjo", 0)] {
        let told = world.app.sign_in(login).data(waiting, json!({}))["waitingThreads"].take();
        assert_eq!(told["totalCount"], count, "{login}: {told}");
        assert_eq!(told["edges"].as_array().unwrap().len(), count, "{login}: {told}");
    }
}

/// Everybody whom the table tells apart: each role in a town, the secretariat, and those without a role.
fn everybody(world: &World, mut test: impl FnMut(&Person<'_>, Standing)) {
    for role in Role::ALL {
        world.set_role("honjo", role);
        test(&world.member("honjo"), world.actor("本庄市", role));
    }
    for role in [Role::Viewer, Role::Editor, Role::Approver] {
        world.set_role("hub", role);
        test(&world.member("hub"), world.actor("在宅医療連携拠点", role));
    }
    test(&world.operator(), Standing::Operator);
    test(&world.stranger(), Standing::Stranger);
    test(&world.nobody(), Standing::SignedOut);
}

/// Joint, one's own (of the town that tries), and another's.
fn owners(matrix: &Matrix) -> [Value; 3] {
    [Value::Null, matrix.organization("本庄市"), matrix.organization("神川町")]
}

#[test]
fn every_mutation_does_what_the_table_allows() {
    let world = World::new();
    everybody(&world, |person, standing| {
        for (mutation, may) in MUTATIONS {
            let owners = match may {
                May::Edit => owners(&world.matrix).to_vec(),
                May::Comment | May::Snapshot | May::Read => vec![Value::Null],
                May::Anybody | May::Oneself => continue,
            };
            for owner in owners {
                let mut target = world.target(&person.client, mutation, &owner);
                for phase in [Phase::Fixed, Phase::Review, Phase::Draft] {
                    world.set_phase(phase);
                    let expected = standing.refusal(*may, &owner, phase);
                    let case = format!("{} {standing:?} {mutation} {owner} {phase:?}", person.name);
                    for input in world.inputs(mutation, &target) {
                        let before = expected.map(|_| world.stock());
                        let told = world.attempt(person, mutation, &input);
                        // Where there is no room for a code: nothing there for them.
                        let nothing = told.as_deref() == Some("false")
                            && matches!(expected, Some("NOT_FOUND" | "SIGNED_OUT"));
                        assert!(nothing || told.as_deref() == expected, "{case}: {told:?}, not {expected:?}");
                        if let Some(before) = before {
                            assert_eq!(world.stock(), before, "{case} changed something");
                        }
                    }
                    if expected.is_none() && *may == May::Edit {
                        target = world.target(&person.client, mutation, &owner);
                    }
                }
            }
        }
    });
}

#[test]
fn rights_are_told_as_the_table_says() {
    let world = World::new();
    let owners = owners(&world.matrix);
    for owner in &owners {
        world.target(&world.hub, "addComment", owner);
    }
    let query = "query($id: ID!) { node(id: $id) { ... on Sheet { rows { cells { viewerCanEdit entries {
        owner { id } viewerCanEdit threads { viewerCanComment } } } } } } }";
    everybody(&world, |person, standing| {
        for phase in Phase::ALL {
            world.set_phase(phase);
            let answer = person.ask(query, json!({ "id": world.home.sheet }));
            let (Standing::Member(_) | Standing::Operator) = standing else {
                assert!(says_nothing(&answer, &["SIGNED_OUT"]), "{answer}");
                continue;
            };
            let allowed = |may, owner: &Value| json!(standing.refusal(may, owner, phase).is_none());
            let rows = answer["data"]["node"]["rows"].as_array().unwrap_or_else(|| panic!("{answer}"));
            let cells: Vec<_> = rows.iter().flat_map(|row| row["cells"].as_array().unwrap()).collect();
            let entries: Vec<_> = cells.iter().flat_map(|cell| cell["entries"].as_array().unwrap()).collect();
            let case = format!("{} {standing:?} {phase:?}", person.name);
            for cell in &cells {
                assert_eq!(cell["viewerCanEdit"], allowed(May::Edit, &Value::Null), "{case}");
            }
            for entry in &entries {
                let owner = &entry["owner"]["id"];
                assert_eq!(entry["viewerCanEdit"], allowed(May::Edit, owner), "{case} {:?}", owner_of(owner));
            }
            let threads: Vec<_> =
                entries.iter().flat_map(|entry| entry["threads"].as_array().unwrap()).collect();
            assert!(threads.len() >= owners.len(), "{case}");
            for thread in threads {
                assert_eq!(thread["viewerCanComment"], allowed(May::Comment, &Value::Null), "{case}");
            }
        }
    });
}

#[test]
fn no_id_of_a_foreign_region_gets_into_ones_own() {
    let world = World::new();
    world.set_role("hub", Role::Admin);
    let person = world.member("hub");
    for (place, id) in IDS {
        let (mutation, field) = place.split_once('.').unwrap();
        let foreign = |kind: &str| world.foreign.ids[kind].iter().take(2).cloned().collect::<Vec<_>>();
        let (ids, refused) = match id {
            Id::MadeUp => continue,
            Id::Sheet => (foreign("Sheet"), true),
            Id::Item => (foreign("Item"), true),
            Id::Organization => (foreign("Organization"), true),
            Id::Entry => (foreign("Entry"), true),
            Id::Change => (foreign("Change"), true),
            Id::Thread => (foreign("Thread"), true),
            Id::Comment => (foreign("Comment"), true),
            Id::Token => (foreign("Token"), true),
            Id::Notice => (foreign("Notice"), true),
            Id::Mention => ([foreign("Organization"), foreign("Account")].concat(), true),
            Id::AsTyped("organization") => (foreign("Organization"), false),
            Id::AsTyped(_) => (foreign("Entry"), false),
            Id::Region | Id::Any => panic!("no mutation has such an id"),
        };
        for foreign_id in ids {
            let target = world.target(&person.client, mutation, &Value::Null);
            let inputs = world.inputs(mutation, &target);
            let input = match field.split_once('.') {
                Some((list, field)) => {
                    let mut input = inputs[0].clone();
                    input[list][0][field] = json!(foreign_id);
                    input
                }
                None => {
                    let input = inputs.iter().find(|input| input.get(field).is_some()).unwrap_or(&inputs[0]);
                    let (_, fields) = world.schema.input(mutation).unwrap();
                    let list = fields.iter().any(|one| one.name == field && one.list);
                    let value = if list { json!([foreign_id]) } else { json!(foreign_id) };
                    with(input, &json!({ field: value }))
                }
            };
            let before = world.stock();
            if refused {
                let code = world.attempt(&person, mutation, &input);
                // Nothing there to let go, or to be read: that is no refusal.
                let nothing = ["discardDraft", "readNotices"].contains(&mutation) && code.is_none();
                let known = matches!(code.as_deref(), Some("NOT_FOUND" | "INVALID" | "false"));
                assert!(nothing || known, "{place} {id:?}: {code:?}");
                assert_eq!(world.stock(), before, "{place} changed something");
            } else {
                kept_as_typed(&world, &person, mutation, &input, &foreign_id);
            }
        }
    }
}

/// Kept, or told, as it came; nothing is found out by it.
fn kept_as_typed(world: &World, person: &Person<'_>, mutation: &str, input: &Value, id: &str) {
    let document = world.schema.mutation(mutation, 2).text;
    let answer = person.client.graphql(&document, json!({ "input": input }));
    assert_eq!(refusal(mutation, &answer), None, "{answer}");
    let told = answer.to_string().replace(id, "");
    let found = world.foreign.marks.iter().find(|mark| told.contains(mark.as_str()));
    assert_eq!(found, None, "{mutation}: {answer}");
    // So that nothing of it is in answers to come.
    let drafts = world.app.execute("DELETE FROM draft WHERE device = 'PC-1'");
    assert_eq!(drafts > 0, mutation == "saveDraft");
}

#[test]
fn moving_needs_the_right_to_where_it_goes() {
    let world = World::new();
    let person = world.member("hub");
    let target = world.target(&person.client, "moveEntry", &Value::Null);
    let input = world.inputs("moveEntry", &target).remove(0);
    // No sheet governs that year yet: who may edit there is told by none.
    let elsewhere = with(&input, &json!({ "fiscalYear": 2030 }));
    assert_eq!(world.attempt(&person, "moveEntry", &elsewhere).as_deref(), Some("FORBIDDEN"));
}

#[test]
fn a_role_that_was_taken_away_takes_everything_with_it() {
    let world = World::new();
    for login in ["honjo", "hub-approver"] {
        let person = Person { blind_to: vec![&world.home, &world.foreign], ..world.member(login) };
        let (saved, conflict) = asked_before(&world, &person.client);
        let account = format!("(SELECT id FROM account WHERE login = '{login}')");
        world.app.execute(&format!("DELETE FROM membership WHERE account_id = {account}"));
        let query = "query($id: ID!) { regions { id } drafts { id } waitingThreads { totalCount } node(id: $id) { id } }";
        let nothing =
            json!({ "regions": [], "drafts": [], "waitingThreads": { "totalCount": 0 }, "node": null });
        assert_eq!(
            person.ask(query, json!({ "id": world.home.sheet })),
            json!({ "data": nothing }),
            "{login}"
        );
        // The same request sent again answers as before, but for those who may not read that any more.
        assert_eq!(world.attempt(&person, "createEntry", &saved).as_deref(), Some("NOT_FOUND"), "{login}");
        assert_eq!(world.attempt(&person, "updateEntry", &conflict).as_deref(), Some("NOT_FOUND"), "{login}");
    }
}

/// Two requests: one that saved an entry, and one that met another's text.
fn asked_before(world: &World, client: &Client) -> (Value, Value) {
    let create = world.matrix.new_entry("ア", "GOAL", "はじめの文");
    let saved = client.change("createEntry", &create);
    let admin = world.app.sign_in("admin");
    assert_eq!(
        admin.change("updateEntry", &edit(&saved["entry"], "ほかの人の文"))["__typename"],
        "EntrySaved"
    );
    let update = edit(&saved["entry"], "まったく違う文章にする");
    assert_eq!(client.change("updateEntry", &update)["__typename"], "EditConflict");
    (create, update)
}
