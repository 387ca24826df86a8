//! Rights are read in the transaction that they allow: what was withdrawn while a writer waited for its turn is withdrawn.
//! Each mutation that writes is sent while another transaction keeps it waiting, and that transaction withdraws. What was
//! withdrawn while the body of a request was on its way is withdrawn for whoever reads.

use crate::token::{create, script, wanted};
use crate::wire::Wire;
use renkei_tests::{Client, Matrix, PASSWORD, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::thread::{scope, sleep};
use std::time::Duration;

/// Long enough for a request to reach its transaction.
const UNDER_WAY: Duration = Duration::from_millis(400);
const LOGIN: &str = "hub-approver";
/// What mutations leave behind.
const TABLES: [&str; 10] = [
    "change",
    "entry",
    "declined_suggestion",
    "thread",
    "comment",
    "notice",
    "snapshot",
    "draft",
    "visit",
    "token",
];
/// On PostgreSQL, that for which every mutation waits, and that for which those of a region wait last.
const ACCOUNTS: &str = "SELECT id FROM account FOR UPDATE";
const REGIONS: &str = "SELECT id FROM region FOR UPDATE";
/// These write nothing, or write no more than that somebody comes or goes.
const OTHERS: [&str; 3] = ["signIn", "signOut", "announcePresence"];

/// A mutation, ready to be sent.
struct Mutation {
    name: &'static str,
    input_type: &'static str,
    input: Value,
}

impl Mutation {
    /// Answers `true` or `false`, or an error where others answer a refusal.
    fn is_plain(&self) -> bool {
        ["discardDraft", "noteVisit"].contains(&self.name)
    }

    /// What it is about.
    fn subject(&self) -> &'static str {
        match self.name {
            name if name.ends_with("Entry") || name.ends_with("Entries") => "entry",
            "declineSceneSuggestions" | "restoreSceneSuggestions" => "entry",
            "createSnapshot" => "snapshot",
            "saveDraft" => "draft",
            "noteVisit" => "visit",
            "createThread" | "addComment" | "resolveThread" | "reopenThread" | "withdrawComment" => "thread",
            _ => "account",
        }
    }

    /// `Ok`: what it answered; `Err`: the code with which it was refused.
    fn send(&self, client: &Client) -> Result<Value, String> {
        let payload = match self.name {
            _ if self.is_plain() => "",
            "createEntries" => "{ __typename ... on Refusal { code } }",
            "deleteEntries" => {
                "{ __typename ... on Refusal { code } ... on EntriesDeleted { results { ... on Refusal { code } } } }"
            }
            name if name.ends_with("Entries") => {
                "{ __typename ... on Refusal { code } ... on EntriesChanged { results { ... on Refusal { code } } } }"
            }
            _ => "{ __typename ... on Refusal { code } }",
        };
        let (name, input_type) = (self.name, self.input_type);
        let document =
            format!("mutation($input: {input_type}!) {{ answer: {name}(input: $input) {payload} }}");
        let request = json!({ "query": document, "variables": { "input": self.input } });
        let answer = client.post(&request);
        // Whoever is identified only after the withdrawal is refused before anything runs.
        if answer.status == 401 {
            return Err("SIGNED_OUT".to_owned());
        }
        let answer = answer.json();
        let done = &answer["data"]["answer"];
        let refusal =
            [&done["code"], &done["results"][0]["code"], &answer["errors"][0]["extensions"]["code"]];
        match refusal.into_iter().find_map(Value::as_str) {
            Some(code) => Err(code.to_owned()),
            None => Ok(answer["data"]["answer"].clone()),
        }
    }
}

/// Somebody who may do all of it, and what it is done to.
struct Stage {
    app: TestApp,
    person: Client,
    matrix: Matrix,
    hub: Value,
}

impl Stage {
    fn new() -> Self {
        let app = TestApp::demo();
        let person = app.sign_in(LOGIN);
        let matrix = Matrix::read(&person);
        let hub = matrix.organization("在宅医療連携拠点");
        Self { app, person, matrix, hub }
    }

    fn new_entry(&self) -> Value {
        let mut input = self.matrix.new_entry("ウ", "GOAL", "拠点の取組");
        input["ownerId"] = self.hub.clone();
        input
    }

    fn saved(&self) -> Value {
        let saved = self.person.change("createEntry", &self.new_entry());
        assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
        saved
    }

    fn new_thread(&self) -> Value {
        let entry = &self.matrix.entries()[0]["id"];
        json!({ "requestId": request_id(), "sheetId": self.matrix.sheet["id"], "entryId": entry, "body": "はい" })
    }

    fn thread(&self) -> Value {
        let document = "mutation($input: CreateThreadInput!) { createThread(input: $input) {
            ... on ThreadSaved { thread { id comments { id } } } } }";
        let thread = self.person.data(document, json!({ "input": self.new_thread() }));
        thread["createThread"]["thread"].clone()
    }

    fn new_draft(&self, device: &str) -> Value {
        json!({ "sheetId": self.matrix.sheet["id"], "deviceId": device, "outline": "○下書き",
            "entryId": self.matrix.entries()[0]["id"], "version": 1, "typedAt": "2026-02-06T01:23:45.678Z" })
    }

    fn of_region(&self) -> Vec<Mutation> {
        let id = |saved: &Value| json!({ "requestId": request_id(), "id": saved["entry"]["id"], "version": saved["entry"]["version"] });
        let entry_id = |saved: &Value| {
            let mut input = id(saved);
            input["entryId"] = input.as_object_mut().unwrap().remove("id").unwrap();
            input
        };
        let mut assign = id(&self.saved());
        assign["ownerId"] = Value::Null;
        let mut shift = id(&self.saved());
        (shift["itemId"], shift["facet"]) = (self.matrix.item("イ"), json!("PLAN"));
        let made = self.saved();
        let mut restore = entry_id(&made);
        restore["changeId"] = made["change"]["id"].clone();
        let several = |saved: &Value| json!({ "requestId": request_id(), "entries": renkei_tests::versions(&[saved["entry"].clone()]) });
        let mut create_several = self.new_entry();
        let mut new = create_several.as_object().unwrap().clone();
        new.retain(|field, _| !["requestId", "sheetId"].contains(&field.as_str()));
        create_several =
            json!({ "requestId": request_id(), "sheetId": create_several["sheetId"], "entries": [new] });
        let (mut tag, mut assign_several, mut shift_several) =
            (several(&self.saved()), several(&self.saved()), several(&self.saved()));
        tag["add"] = json!(["EMERGENCY"]);
        assign_several["ownerId"] = Value::Null;
        (shift_several["itemId"], shift_several["facet"]) = (self.matrix.item("イ"), json!("PLAN"));
        let made_before = self.saved();
        let mut restore_several = several(&made_before);
        restore_several["entries"][0]["changeId"] = made_before["change"]["id"].clone();
        let proposed = json!({ "entryId": self.saved()["entry"]["id"], "scene": "EMERGENCY" });
        let decline = json!({
            "requestId": request_id(), "sheetId": self.matrix.sheet["id"], "suggestions": [proposed],
        });
        let mut propose = decline.clone();
        propose["requestId"] = json!(request_id());
        let thread = |thread: &Value| json!({ "requestId": request_id(), "threadId": thread["id"] });
        let (mut answer, resolve, reopen) =
            (thread(&self.thread()), thread(&self.thread()), thread(&self.thread()));
        answer["body"] = json!("つづき");
        let withdraw = json!({ "requestId": request_id(), "commentId": self.thread()["comments"][0]["id"] });
        let snapshot =
            json!({ "requestId": request_id(), "sheetId": self.matrix.sheet["id"], "label": "第1回" });
        [
            ("createEntry", "CreateEntryInput", self.new_entry()),
            ("updateEntry", "UpdateEntryInput", edit(&self.saved()["entry"], "もっと")),
            ("moveEntry", "MoveEntryInput", shift),
            ("assignEntry", "AssignEntryInput", assign),
            ("deleteEntry", "DeleteEntryInput", id(&self.saved())),
            ("restoreEntry", "RestoreEntryInput", restore),
            ("createEntries", "CreateEntriesInput", create_several),
            ("tagEntries", "TagEntriesInput", tag),
            ("assignEntries", "AssignEntriesInput", assign_several),
            ("moveEntries", "MoveEntriesInput", shift_several),
            ("deleteEntries", "DeleteEntriesInput", several(&self.saved())),
            ("restoreEntries", "RestoreEntriesInput", restore_several),
            ("declineSceneSuggestions", "DeclineSceneSuggestionsInput", decline),
            ("restoreSceneSuggestions", "DeclineSceneSuggestionsInput", propose),
            ("createThread", "CreateThreadInput", self.new_thread()),
            ("addComment", "AddCommentInput", answer),
            ("resolveThread", "ThreadInput", resolve),
            ("reopenThread", "ThreadInput", reopen),
            ("withdrawComment", "WithdrawCommentInput", withdraw),
            ("createSnapshot", "CreateSnapshotInput", snapshot),
        ]
        .map(|(name, input_type, input)| Mutation { name, input_type, input })
        .into()
    }

    fn of_account(&self) -> Vec<Mutation> {
        create(&self.person, &wanted(&request_id(), "FULL"));
        let token = self.person.data("{ tokens { id name } }", json!({}))["tokens"][0]["id"].clone();
        let draft = json!({ "input": self.new_draft("discarded") });
        self.person
            .data("mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }", draft);
        let discard = json!({ "sheetId": self.matrix.sheet["id"], "deviceId": "discarded",
            "entryId": self.matrix.entries()[0]["id"] });
        let new_token =
            json!({ "requestId": request_id(), "name": "新しいもの", "scope": "FULL", "days": 3 });
        let visit = json!({ "sheetId": self.matrix.sheet["id"], "seq": 1 });
        let read = json!({ "ids": [request_id()] });
        [
            ("saveDraft", "SaveDraftInput", self.new_draft("saved")),
            ("discardDraft", "DiscardDraftInput", discard),
            ("noteVisit", "NoteVisitInput", visit),
            ("readNotices", "ReadNoticesInput", read),
            ("createToken", "CreateTokenInput", new_token),
            ("revokeToken", "RevokeTokenInput", json!({ "requestId": request_id(), "id": token })),
        ]
        .map(|(name, input_type, input)| Mutation { name, input_type, input })
        .into()
    }

    fn change_password() -> Mutation {
        let input = json!({ "currentPassword": PASSWORD, "newPassword": "another-password" });
        Mutation { name: "changePassword", input_type: "ChangePasswordInput", input }
    }

    /// Sends all of them while `lock` keeps them waiting, withdraws, and lets them go on. Nothing is written by any.
    fn send(
        &self,
        client: &Client,
        mutations: &[Mutation],
        lock: &str,
        withdrawal: &str,
    ) -> Vec<Result<Value, String>> {
        let tables = || TABLES.iter().filter(|table| !withdrawal.contains(**table));
        let held = self.app.database.hold(lock);
        scope(|scope| {
            let under_way: Vec<_> =
                mutations.iter().map(|mutation| scope.spawn(|| mutation.send(client))).collect();
            sleep(UNDER_WAY);
            for (thread, mutation) in under_way.iter().zip(mutations) {
                assert!(!thread.is_finished(), "{} did not wait", mutation.name);
            }
            assert!(held.execute(withdrawal) > 0, "{withdrawal}");
            let before: Vec<_> = tables().map(|table| (*table, held.count(table))).collect();
            held.commit();
            let answers = under_way.into_iter().map(|thread| thread.join().unwrap()).collect();
            let after: Vec<_> = tables().map(|table| (*table, self.app.count(table))).collect();
            assert_eq!(after, before, "{withdrawal}");
            answers
        })
    }

    /// Each mutation of these subjects is refused with this code.
    fn refuses(&self, client: &Client, subjects: &[&str], withdrawal: &str, code: &str, locks: &[&str]) {
        for lock in locks {
            let mut mutations = self.of_region();
            if *lock == ACCOUNTS {
                mutations.extend(self.of_account());
            }
            mutations.retain(|mutation| subjects.contains(&mutation.subject()));
            let answers = self.send(client, &mutations, lock, withdrawal);
            for (mutation, answer) in mutations.iter().zip(answers) {
                let expected = match mutation.name {
                    // As to anybody for whom there is no such sheet.
                    "noteVisit" if code == "NOT_FOUND" => Ok(json!(false)),
                    _ => Err(code.to_owned()),
                };
                assert_eq!(answer, expected, "{} after {withdrawal}", mutation.name);
            }
            self.give_back();
        }
    }

    fn give_back(&self) {
        let (account, region) = (self.account(), "(SELECT id FROM region)");
        self.app.execute(&format!("DELETE FROM membership WHERE account_id = {account}"));
        self.app.execute(&format!(
            "INSERT INTO membership (account_id, region_id, role) VALUES ({account}, {region}, 'APPROVER')"
        ));
    }

    fn account(&self) -> String {
        format!("(SELECT id FROM account WHERE login = '{LOGIN}')")
    }
}

#[test]
fn every_mutation_is_either_tested_here_or_needs_no_right() {
    let stage = Stage::new();
    let query = "{ __schema { mutationType { fields { name } } } }";
    let fields = stage.person.data(query, json!({}))["__schema"]["mutationType"]["fields"].take();
    let mut all: Vec<&str> =
        fields.as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    let mut tested: Vec<&str> =
        stage.of_region().iter().chain(&stage.of_account()).map(|mutation| mutation.name).collect();
    tested.extend(OTHERS);
    tested.push(Stage::change_password().name);
    all.sort_unstable();
    tested.sort_unstable();
    assert_eq!(all, tested);
}

#[test]
fn the_mutations_of_this_test_succeed_where_nothing_is_withdrawn() {
    let stage = Stage::new();
    for mutation in stage.of_region().iter().chain(&stage.of_account()) {
        let answer = mutation.send(&stage.person);
        assert!(answer.as_ref().is_ok_and(|answer| *answer != json!(false)), "{}: {answer:?}", mutation.name);
    }
}

#[test]
fn a_role_that_is_removed_while_a_writer_waits_is_removed() {
    let stage = Stage::new();
    let removal = format!("DELETE FROM membership WHERE account_id = {}", stage.account());
    let subjects = ["entry", "thread", "snapshot", "draft", "visit"];
    stage.refuses(&stage.person, &subjects, &removal, "NOT_FOUND", &[ACCOUNTS, REGIONS]);
}

#[test]
fn a_role_that_is_lowered_while_a_writer_waits_is_lowered() {
    let stage = Stage::new();
    let lower = format!("UPDATE membership SET role = 'VIEWER' WHERE account_id = {}", stage.account());
    stage.refuses(&stage.person, &["entry", "snapshot"], &lower, "FORBIDDEN", &[ACCOUNTS, REGIONS]);
}

#[test]
fn an_organization_that_somebody_leaves_while_they_wait_to_write_is_left() {
    let stage = Stage::new();
    let town = "(SELECT id FROM organization WHERE name = '美里町')";
    let moved = format!("UPDATE account SET organization_id = {town} WHERE login = '{LOGIN}'");
    stage.refuses(&stage.person, &["entry", "snapshot"], &moved, "FORBIDDEN", &[ACCOUNTS]);
}

#[test]
fn a_session_that_ends_while_a_writer_waits_writes_nothing() {
    let stage = Stage::new();
    // Fewer at a time than PostgreSQL has connections.
    let (some, others) =
        (["entry", "thread"].as_slice(), ["snapshot", "draft", "visit", "account"].as_slice());
    let new_session = || {
        let person = stage.app.sign_in(LOGIN);
        stage.person.use_token(person.token());
    };
    for (subjects, lock) in [(some, ACCOUNTS), (others, ACCOUNTS), (some, REGIONS), (others, REGIONS)] {
        stage.refuses(&stage.person, subjects, "DELETE FROM session", "SIGNED_OUT", &[lock]);
        new_session();
    }
    let answers = stage.send(&stage.person, &[Stage::change_password()], ACCOUNTS, "DELETE FROM session");
    assert_eq!(answers, [Err("SIGNED_OUT".to_owned())]);
    new_session();
    // The client asks to sign in, and sends what was typed again under the same id.
    let mutations = stage.of_region();
    for answer in stage.send(&stage.person, &mutations, ACCOUNTS, "UPDATE session SET seen_at = 0") {
        assert_eq!(answer, Err("SIGNED_OUT".to_owned()));
    }
    new_session();
    for mutation in mutations {
        assert!(mutation.send(&stage.person).is_ok(), "{}", mutation.name);
    }
}

#[test]
fn a_token_that_is_revoked_or_limited_while_a_writer_waits_writes_nothing() {
    let stage = Stage::new();
    let subjects = ["entry", "thread", "snapshot", "draft", "visit"];
    let limited = script(&stage.app, &stage.person, "閲覧だけに", "FULL");
    let limit = "UPDATE token SET scope = 'READ_ONLY'";
    stage.refuses(&limited, &subjects, limit, "FORBIDDEN", &[ACCOUNTS]);
    for lock in [ACCOUNTS, REGIONS] {
        let revoked = script(&stage.app, &stage.person, "取り消し", "FULL");
        stage.refuses(&revoked, &subjects, "DELETE FROM token", "SIGNED_OUT", &[lock]);
    }
}

#[test]
fn a_mark_of_an_operator_that_is_withdrawn_while_they_wait_is_withdrawn() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let account =
        ["account", "add", "--login", "ops", "--name", "管理者", "--organization", "美里町", "--operator"];
    let there = ["--region", "本庄市児玉郡", "--role", "VIEWER", "--database", stage.app.database.url()];
    renkei(folder.path(), &[&account[..], &there].concat(), &format!("{PASSWORD}\n")).expect_success();
    let operator = stage.app.sign_in("ops");
    stage
        .app
        .execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'ops')");
    let visit = || stage.of_account().into_iter().filter(|mutation| mutation.name == "noteVisit").collect();
    let visits: Vec<Mutation> = visit();
    assert_eq!(visits[0].send(&operator), Ok(json!(true)));
    let withdrawal = "UPDATE account SET operator = FALSE WHERE login = 'ops'";
    assert_eq!(stage.send(&operator, &visits, ACCOUNTS, withdrawal), [Ok(json!(false))]);
}

/// Longer than a usual request takes from its head to its turn.
const HELD_BACK: Duration = Duration::from_millis(1_200);
/// Whose answers are kept, and whose are not.
const READ: [&str; 2] = [
    "viewer { login } regions { name sheets { title } }",
    "drafts { outline } regions { name sheets { title } }",
];

/// The head and a part of the body of a question, and what is still to be sent.
fn begun(app: &TestApp, credentials: &str, fields: &str) -> (Wire, String) {
    let body = json!({ "query": format!("{{ {fields} }}") }).to_string();
    let mut wire = Wire::open(app);
    let length = body.len();
    wire.send(format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{credentials}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    ));
    let (first, rest) = body.split_at(5);
    wire.send(first);
    (wire, rest.to_owned())
}

/// Asks all of [`READ`], withdraws while the rest of the bodies is held back, and returns what is answered then.
fn read_while(app: &TestApp, credentials: &str, withdrawal: Option<&str>) -> Vec<String> {
    let wires: Vec<_> = READ.iter().map(|fields| begun(app, credentials, fields)).collect();
    sleep(HELD_BACK);
    if let Some(withdrawal) = withdrawal {
        // Not by the server, which would forget the answers that it keeps.
        let held = app.database.hold("SELECT 1");
        assert!(held.execute(withdrawal) > 0, "{withdrawal}");
        held.commit();
    }
    let answer = |(mut wire, rest): (Wire, String)| {
        wire.send(rest);
        wire.end().0
    };
    wires.into_iter().map(answer).collect()
}

#[test]
fn what_is_withdrawn_while_a_body_is_held_back_is_not_read() {
    let app = TestApp::demo();
    let (person, hub) = (app.sign_in(LOGIN), app.sign_in("hub"));
    let region = Matrix::read(&hub).region["name"].as_str().unwrap().to_owned();
    let cookie = format!("cookie: renkei_session={}", person.token().unwrap());
    let token = script(&app, &person, "取り消し", "READ_ONLY").bearer.unwrap();
    let revoked = format!("authorization: Bearer {token}");
    for credentials in [&cookie, &revoked] {
        // Twice: the second time the first answer is there.
        for _ in 0..2 {
            for answer in read_while(&app, credentials, None) {
                assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(&region), "{answer}");
            }
        }
    }
    for answer in read_while(&app, &revoked, Some("DELETE FROM token")) {
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    let removal =
        format!("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = '{LOGIN}')");
    for answer in read_while(&app, &cookie, Some(&removal)) {
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(r#""regions":[]"#), "{answer}");
    }
    for answer in read_while(&app, &cookie, Some("DELETE FROM session")) {
        assert!(answer.contains("SIGNED_OUT") && !answer.contains(LOGIN), "{answer}");
    }
}
