//! Who may do what: role × organisation × owner × phase × mutation, each cell of the domain's table through the API.

use crate::clients::next_year;
use renkei_domain::permission::check;
use renkei_domain::{Act, Actor, OrganizationId, Owner, Phase, Role};
use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

const MUTATIONS: [&str; 5] = ["createEntry", "updateEntry", "moveEntry", "deleteEntry", "restoreEntry"];
/// Where the entries of this test stand.
const CELL: (&str, &str) = ("ウ", "GOAL");

/// An account whose role the test changes.
struct Person<'a> {
    login: &'a str,
    organization: &'a str,
    client: Client,
}

struct Stage {
    app: TestApp,
    /// Edits everything while the sheet is a draft.
    hub: Client,
    matrix: Matrix,
}

impl Stage {
    fn new() -> Self {
        let app = TestApp::demo();
        let hub = app.sign_in("hub-approver");
        let matrix = Matrix::read(&hub);
        Self { app, hub, matrix }
    }

    fn person<'a>(&self, login: &'a str, organization: &'a str) -> Person<'a> {
        Person { login, organization, client: self.app.sign_in(login) }
    }

    fn set_phase(&self, phase: Phase) {
        self.app.execute(&format!("UPDATE sheet SET phase = '{}'", phase.code()));
    }

    fn set_role(&self, person: &Person<'_>, role: Role) {
        let account = format!("(SELECT id FROM account WHERE login = '{}')", person.login);
        let changed = format!("UPDATE membership SET role = '{}' WHERE account_id = {account}", role.code());
        assert_eq!(self.app.execute(&changed), 1);
    }

    /// A fresh entry that belongs to `owner`, and the change that made it.
    fn entry(&self, owner: &Value) -> Value {
        self.set_phase(Phase::Draft);
        let mut input = self.matrix.new_entry(CELL.0, CELL.1, "権限を確かめる取組");
        input["ownerId"] = owner.clone();
        let saved = self.hub.change("createEntry", &input);
        assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
        saved
    }

    fn input(&self, mutation: &str, owner: &Value, saved: &Value) -> Value {
        let entry = &saved["entry"];
        let mut input = json!({ "requestId": request_id(), "version": entry["version"] });
        match mutation {
            "createEntry" => {
                input = self.matrix.new_entry(CELL.0, CELL.1, "試み");
                input["ownerId"] = owner.clone();
            }
            "updateEntry" => input = edit(entry, "試み"),
            "restoreEntry" => {
                input["entryId"] = entry["id"].clone();
                input["changeId"] = saved["change"]["id"].clone();
            }
            _ => input["id"] = entry["id"].clone(),
        }
        input
    }
}

/// What the table says, as the API tells it: code and message, or nothing.
fn expected(actor: &Actor, owners: &[Owner], phase: Phase) -> Option<(String, String)> {
    let denied = owners.iter().find_map(|owner| check(actor, Act::Edit(*owner), phase).err())?;
    let code = if denied.by_phase() { "PHASE" } else { "FORBIDDEN" };
    Some((code.to_owned(), denied.to_string()))
}

fn told(payload: &Value) -> Option<(String, String)> {
    match payload["__typename"].as_str().unwrap() {
        "EntrySaved" | "EntryDeleted" => None,
        "Refusal" => Some((
            payload["code"].as_str().unwrap().to_owned(),
            payload["message"].as_str().unwrap().to_owned(),
        )),
        other => panic!("{other}: {payload}"),
    }
}

fn owner_of(id: &Value) -> Owner {
    id.as_str().map(|id| id.parse::<OrganizationId>().unwrap()).into()
}

/// Every person that the table tells apart: each role in a town and in the secretariat.
fn for_each_actor(stage: &Stage, mut test: impl FnMut(&Person<'_>, Actor)) {
    for (login, organization, secretariat) in [("honjo", "本庄市", false), ("hub", "在宅医療連携拠点", true)]
    {
        let person = stage.person(login, organization);
        let id = stage.matrix.organization(organization);
        for role in Role::ALL {
            stage.set_role(&person, role);
            let organization = id.as_str().unwrap().parse().unwrap();
            test(&person, Actor { organization, role: Some(role), secretariat });
        }
    }
}

/// Joint, and the parts of three organisations: one's own is among them, another town's, and the hub's.
fn owners(matrix: &Matrix) -> [Value; 4] {
    [
        Value::Null,
        matrix.organization("本庄市"),
        matrix.organization("美里町"),
        matrix.organization("在宅医療連携拠点"),
    ]
}

#[test]
fn every_mutation_obeys_the_table() {
    let stage = Stage::new();
    for_each_actor(&stage, |person, actor| {
        for owner in owners(&stage.matrix) {
            for mutation in MUTATIONS {
                let mut saved = stage.entry(&owner);
                // Refusals come first, so that the entry mostly lasts.
                for phase in [Phase::Fixed, Phase::Review, Phase::Draft] {
                    stage.set_phase(phase);
                    let payload = person.client.change(mutation, &stage.input(mutation, &owner, &saved));
                    let expected = expected(&actor, &[owner_of(&owner)], phase);
                    assert_eq!(told(&payload), expected, "{actor:?} {mutation} {owner} {phase:?}");
                    if expected.is_none() {
                        saved = stage.entry(&owner);
                    }
                }
            }
        }
    });
}

#[test]
fn assigning_needs_the_right_to_both_parts() {
    let stage = Stage::new();
    for_each_actor(&stage, |person, actor| {
        for from in owners(&stage.matrix) {
            let mut saved = stage.entry(&from);
            for to in owners(&stage.matrix) {
                for phase in [Phase::Fixed, Phase::Review, Phase::Draft] {
                    stage.set_phase(phase);
                    let entry = &saved["entry"];
                    let input = json!({
                        "requestId": request_id(), "id": entry["id"], "version": entry["version"], "ownerId": to,
                    });
                    let payload = person.client.change("assignEntry", &input);
                    let expected = expected(&actor, &[owner_of(&from), owner_of(&to)], phase);
                    let case = format!("{actor:?} {from} → {to} {phase:?}");
                    // Which of the two parts is named first is not promised; the code is.
                    let code = |told: Option<(String, String)>| told.map(|(code, _)| code);
                    assert_eq!(code(told(&payload)), code(expected.clone()), "{case}");
                    if expected.is_none() {
                        assert_eq!(payload["entry"]["owner"]["id"], to, "{case}");
                        saved = stage.entry(&from);
                    }
                }
            }
        }
    });
}

#[test]
fn what_may_be_edited_is_told_beforehand() {
    let stage = Stage::new();
    for owner in owners(&stage.matrix) {
        stage.entry(&owner);
    }
    for_each_actor(&stage, |person, actor| {
        for phase in Phase::ALL {
            stage.set_phase(phase);
            let matrix = Matrix::read(&person.client);
            let may = |owner: Owner| json!(check(&actor, Act::Edit(owner), phase).is_ok());
            for entry in matrix.entries_of(CELL.0, CELL.1) {
                let owner = owner_of(&entry["owner"]["id"]);
                assert_eq!(entry["viewerCanEdit"], may(owner), "{actor:?} {owner:?} {phase:?}");
            }
            let cell = &matrix.cell(CELL.0, CELL.1)["viewerCanEdit"];
            assert_eq!(cell, &may(Owner::Joint), "{} {actor:?} {phase:?}", person.organization);
        }
    });
}

#[test]
fn restoring_an_owner_needs_the_right_to_that_part_too() {
    let stage = Stage::new();
    let misato = stage.matrix.organization("美里町");
    let saved = stage.entry(&misato);
    let entry = &saved["entry"];
    let input = json!({ "requestId": request_id(), "id": entry["id"], "version": 1, "ownerId": null });
    let joint = stage.hub.change("assignEntry", &input);
    assert_eq!(joint["entry"]["owner"], Value::Null, "{joint}");
    let back = json!({
        "requestId": request_id(), "entryId": entry["id"], "changeId": saved["change"]["id"], "version": 2,
    });
    let refused = stage.app.sign_in("honjo").change("restoreEntry", &back);
    assert_eq!(refused["code"], "FORBIDDEN", "{refused}");
    let restored = stage.app.sign_in("misato").change("restoreEntry", &json!({
        "requestId": request_id(), "entryId": entry["id"], "changeId": saved["change"]["id"], "version": 2,
    }));
    assert_eq!(restored["entry"]["owner"]["id"], misato, "{restored}");
}

#[test]
fn a_cell_that_another_sheet_governs_is_read_here() {
    let stage = Stage::new();
    let mut input = stage.matrix.new_entry("ア", "GOAL", "前の年度の欄へ");
    for (field, value, code) in [
        // This sheet has no such column.
        ("fiscalYear", json!(2030), "INVALID"),
        ("fiscalYear", json!(2025), "INVALID"),
    ] {
        input["requestId"] = json!(request_id());
        input[field] = value;
        let refused = stage.hub.change("createEntry", &input);
        assert_eq!((&refused["code"], &refused["field"]), (&json!(code), &json!(field)), "{refused}");
    }
    // It shows last year's goal as well, and does not govern it.
    let shown = "INSERT INTO sheet_column (sheet_id, position, facet, year_offset, heading)
        SELECT id, 9, 'GOAL', -1, '令和7年度目標' FROM sheet";
    stage.app.execute(shown);
    input["requestId"] = json!(request_id());
    input["fiscalYear"] = json!(2025);
    let refused = stage.hub.change("createEntry", &input);
    assert_eq!(refused["code"], "FORBIDDEN", "{refused}");
    let matrix = Matrix::read(&stage.hub);
    let cells = matrix.row("ア")["cells"].as_array().unwrap().clone();
    assert_eq!(cells.len(), 5);
    assert_eq!((&cells[4]["fiscalYear"], &cells[4]["viewerCanEdit"]), (&json!(2025), &json!(false)));
}

#[test]
fn nothing_is_moved_out_of_a_year_that_is_fixed_nor_into_it() {
    let stage = Stage::new();
    next_year(&stage.app);
    let fix = |year: i32| {
        stage.app.execute("UPDATE sheet SET phase = 'DRAFT'");
        assert_eq!(
            stage.app.execute(&format!("UPDATE sheet SET phase = 'FIXED' WHERE fiscal_year = {year}")),
            1
        );
    };
    let entry = &stage.matrix.entries_of("ア", "GOAL")[0];
    assert_eq!(stage.matrix.cell("ア", "GOAL")["fiscalYear"], 2026);
    let to_next_year = || json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"], "fiscalYear": 2027 });
    for fixed in [2026, 2027] {
        fix(fixed);
        let refused = stage.hub.change("moveEntry", &to_next_year());
        assert_eq!(refused["code"], "PHASE", "{fixed} is fixed: {refused}");
    }
    stage.set_phase(Phase::Draft);
    let moved = stage.hub.change("moveEntry", &to_next_year());
    assert_eq!(moved["entry"]["fiscalYear"], 2027, "{moved}");
}
