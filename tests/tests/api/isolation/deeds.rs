//! What somebody tries to do: inputs that would be right for whoever may, and what came of them.

use super::decisions::May;
use super::world::{Person, World};
use renkei_domain::permission::check;
use renkei_domain::{Act, Actor, OrganizationId, Owner, Phase, Role};
use renkei_tests::{Client, edit, request_id};
use serde_json::{Value, json};

/// Where the entries of these tests stand.
const CELL: (&str, &str) = ("ウ", "GOAL");

/// Somebody as the table of rights sees them.
#[derive(Clone, Copy, Debug)]
pub enum Standing {
    Member(Actor),
    /// Reads every region, and holds no role in this one.
    Operator,
    Stranger,
    SignedOut,
}

/// What a mutation is tried on.
#[derive(Default)]
pub struct Target {
    pub owner: Value,
    /// The payload that made the entry.
    pub saved: Value,
    pub thread: Value,
    /// Of the person who tries, if they may have made one.
    pub comment: Value,
    /// Of the person who tries, if they may have made one.
    pub token: Value,
}

impl World {
    pub fn actor(&self, organization: &str, role: Role) -> Standing {
        let id = self.matrix.organization(organization);
        let secretariat = id == self.matrix.sheet["secretariat"]["id"];
        let organization = id.as_str().unwrap().parse().unwrap();
        Standing::Member(Actor { organization, role: Some(role), secretariat })
    }

    pub fn set_phase(&self, phase: Phase) {
        self.app.execute(&format!("UPDATE sheet SET phase = '{}'", phase.code()));
    }

    /// A fresh entry, with a thread and a token where the mutation is about one; these are the person's own, if they may
    /// have one.
    pub fn target(&self, person: &Client, mutation: &str, owner: &Value) -> Target {
        self.set_phase(Phase::Draft);
        let mut input = self.matrix.new_entry(CELL.0, CELL.1, "確かめる取組");
        input["ownerId"] = owner.clone();
        let saved = self.hub.change("createEntry", &input);
        assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
        let mut target = Target { owner: owner.clone(), saved, ..Target::default() };
        let either = [person, &self.hub];
        if ["addComment", "resolveThread", "reopenThread", "withdrawComment", "readNotices"]
            .contains(&mutation)
        {
            let entry = &target.saved["entry"]["id"];
            let begun = either.into_iter().find_map(|client| self.begin(client, entry)).unwrap();
            target.thread = begun["id"].clone();
            target.comment = begun["comments"][0]["id"].clone();
        }
        if mutation == "revokeToken" {
            target.token = either.into_iter().find_map(|client| self.token(client)).unwrap();
        }
        target
    }

    fn begin(&self, client: &Client, entry: &Value) -> Option<Value> {
        let input = json!({
            "requestId": request_id(), "sheetId": self.matrix.sheet["id"], "entryId": entry, "body": "確かめる話",
        });
        let document = "mutation($input: CreateThreadInput!) { createThread(input: $input) {
            ... on ThreadSaved { thread { id comments { id } } } } }";
        let mut answer = client.graphql(document, json!({ "input": input }));
        let thread = answer["data"]["createThread"]["thread"].take();
        thread.is_object().then_some(thread)
    }

    /// A token of theirs, made in place of the one before.
    fn token(&self, client: &Client) -> Option<Value> {
        let known = client.graphql("{ tokens { id } }", json!({}));
        let known = known["data"]["tokens"][0]["id"].clone();
        if known.is_string() {
            return Some(known);
        }
        let input = json!({ "requestId": request_id(), "name": "確かめる", "scope": "READ_ONLY", "days": 1 });
        let document = "mutation($input: CreateTokenInput!) { createToken(input: $input) {
            ... on TokenCreated { token { id } } } }";
        let mut answer = client.graphql(document, json!({ "input": input }));
        let id = answer["data"]["createToken"]["token"]["id"].take();
        id.is_string().then_some(id)
    }

    /// Inputs of a mutation that are right for whoever may; more than one where its place can be told in two ways.
    pub fn inputs(&self, mutation: &str, target: &Target) -> Vec<Value> {
        let (sheet, entry) = (&self.matrix.sheet["id"], &target.saved["entry"]);
        let cell = json!({
            "itemId": self.matrix.item(CELL.0), "facet": CELL.1, "fiscalYear": self.matrix.cell(CELL.0, CELL.1)["fiscalYear"],
        });
        let by_version = json!({ "id": entry["id"], "version": entry["version"] });
        let of_thread = json!({ "threadId": target.thread });
        let places =
            |input: Value| vec![with(&input, &json!({ "entryId": entry["id"] })), with(&input, &cell)];
        let on_sheet = json!({ "sheetId": sheet });
        let plain = match mutation {
            "createEntry" => {
                let body = json!({ "sheetId": sheet, "body": "試み", "ownerId": target.owner });
                vec![with(&cell, &body)]
            }
            "updateEntry" => vec![edit(entry, "試み")],
            "moveEntry" => vec![by_version],
            "deleteEntry" => vec![by_version],
            "restoreEntry" => vec![json!({
                "entryId": entry["id"], "changeId": target.saved["change"]["id"], "version": entry["version"],
            })],
            "assignEntry" => vec![with(&by_version, &json!({ "ownerId": target.owner }))],
            "createEntries" => {
                let body = json!({ "body": "試み", "ownerId": target.owner });
                vec![json!({ "sheetId": sheet, "entries": [with(&cell, &body)] })]
            }
            "tagEntries" => vec![json!({ "entries": [by_version], "add": ["EMERGENCY"] })],
            "assignEntries" => vec![json!({ "entries": [by_version], "ownerId": target.owner })],
            "moveEntries" | "deleteEntries" => vec![json!({ "entries": [by_version] })],
            "restoreEntries" => {
                let change = json!({ "changeId": target.saved["change"]["id"] });
                vec![json!({ "entries": [with(&by_version, &change)] })]
            }
            "declineSceneSuggestions" | "restoreSceneSuggestions" => {
                let one = json!({ "entryId": entry["id"], "scene": "EMERGENCY" });
                vec![with(&on_sheet, &json!({ "suggestions": [one] }))]
            }
            "createThread" => places(json!({ "sheetId": sheet, "body": "試み" })),
            "addComment" => vec![with(&of_thread, &json!({ "body": "試み" }))],
            "resolveThread" | "reopenThread" => vec![of_thread],
            "withdrawComment" => vec![json!({ "commentId": target.comment })],
            "createSnapshot" => vec![with(&on_sheet, &json!({ "label": "試み" }))],
            "saveDraft" => places(json!({
                "sheetId": sheet, "deviceId": "PC-1", "outline": "○試み", "version": 1,
                "typedAt": "2026-02-06T01:23:45.678Z",
            })),
            "discardDraft" => places(json!({ "sheetId": sheet, "deviceId": "PC-1" })),
            "announcePresence" => {
                vec![with(&on_sheet, &json!({ "visitId": request_id(), "entryId": entry["id"] }))]
            }
            "readNotices" => {
                vec![json!({ "ids": [self.home.ids["Notice"][0]], "threadIds": [target.thread] })]
            }
            "noteVisit" => vec![with(&on_sheet, &json!({ "seq": 1 }))],
            "revokeToken" => vec![json!({ "id": target.token })],
            "createToken" => vec![json!({ "name": request_id(), "scope": "READ_ONLY", "days": 1 })],
            other => panic!("there is no input to try {other} with"),
        };
        let asked = |input: Value| match self.schema.input(mutation) {
            Some((_, fields)) if fields.iter().any(|field| field.name == "requestId") => {
                with(&input, &json!({ "requestId": request_id() }))
            }
            _ => input,
        };
        plain.into_iter().map(asked).collect()
    }

    /// Tries it: the code with which it was refused, or nothing.
    pub fn attempt(&self, person: &Person<'_>, mutation: &str, input: &Value) -> Option<String> {
        let document = self.schema.mutation(mutation, depth(mutation)).text;
        refusal(mutation, &person.ask(&document, json!({ "input": input })))
    }
}

impl Standing {
    /// What the domain's table says to it, as the API tells it.
    pub fn refusal(self, may: May, owner: &Value, phase: Phase) -> Option<&'static str> {
        let act = match may {
            May::Anybody | May::Oneself => return None,
            May::Edit => Act::Edit(owner_of(owner)),
            May::Comment => Act::Comment,
            May::Snapshot => Act::Snapshot,
            May::Read => Act::Read,
        };
        let actor = match self {
            Standing::Member(actor) => actor,
            Standing::Operator => {
                Actor { organization: OrganizationId(uuid::Uuid::nil()), role: None, secretariat: false }
            }
            Standing::Stranger => return Some("NOT_FOUND"),
            Standing::SignedOut => return Some("SIGNED_OUT"),
        };
        let denied = check(&actor, act, phase).err()?;
        Some(if denied.by_phase() { "PHASE" } else { "FORBIDDEN" })
    }
}

/// How deep a mutation's document goes: what is done to many entries is told for each.
pub fn depth(mutation: &str) -> usize {
    if mutation.ends_with("Entries") { 2 } else { 1 }
}

/// The code of an answer that refuses; where it is but `false`, there is nothing for whoever asked.
pub fn refusal(mutation: &str, answer: &Value) -> Option<String> {
    if let Some(error) = answer["errors"].get(0) {
        let code = error["extensions"]["code"].as_str();
        return Some(code.unwrap_or_else(|| panic!("an error without a code: {error}")).to_owned());
    }
    let payload = &answer["data"][mutation];
    // Of many, there is one.
    let payload = payload.get("results").map_or(payload, |results| &results[0]);
    match payload["__typename"].as_str() {
        Some("Refusal") => Some(payload["code"].as_str().unwrap().to_owned()),
        Some("EditConflict") => panic!("a conflict was not meant: {payload}"),
        Some(_) => None,
        None => (!payload.as_bool().unwrap()).then(|| "false".to_owned()),
    }
}

/// Two objects as one.
pub fn with(one: &Value, other: &Value) -> Value {
    let mut both = one.clone();
    both.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    both
}

pub fn owner_of(id: &Value) -> Owner {
    id.as_str().map(|id| id.parse::<OrganizationId>().unwrap()).into()
}
