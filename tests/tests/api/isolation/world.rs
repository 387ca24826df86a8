//! Two regions, full of everything that has an id, and the people who ask: the one's, the other's, and nobody's.

use super::schema::{Document, Schema};
use renkei_domain::{FiscalYear, OrganizationKind, Role};
use renkei_server::account::service::{self as accounts, NewAccount};
use renkei_server::refusal::Stop;
use renkei_server::region::service::{self as regions, NewOrganization};
use renkei_server::{Config, Db, handout, import};
use renkei_tests::{Client, Database, Matrix, PASSWORD, TestApp, note, request_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::runtime::Runtime;
use uuid::Uuid;

const HOME: &str = "本庄市児玉郡";
const FOREIGN: &str = "蓬莱圏域";
/// In every text and every login of the foreign region, and nowhere else.
const MARKS: [&str; 2] = ["蓬莱", "hourai"];
/// A town and its person that belong to both regions.
const SHARED: (&str, &str) = ("美里町", "misato");
const SHEET: &str = "事業項目と4つの場面分類\t令和7年度取組状況及び結果（令和7年12月末時点）\t令和7年度評価\t令和8年度目標\t令和8年度の計画
（ア）蓬莱の資源<b>看取り</b>\t<ul><li>○蓬莱で調べた。（資料2）<br>*蓬莱の注記\t○蓬莱はよい。\t○蓬莱の目標。\t○蓬莱の計画。
（イ）蓬莱の研修<b>急変時の対応</b>\t○蓬莱の会議。（ア）\t○蓬莱の評価。\t○蓬莱の研修。\t○蓬莱の行事。
";

/// Everything of a region: its ids by kind, all told apart from what both regions share.
pub struct Land {
    pub region: Value,
    pub sheet: Value,
    pub ids: BTreeMap<&'static str, Vec<String>>,
    /// What is in no answer for somebody who does not read it.
    pub marks: Vec<String>,
}

pub struct World {
    pub app: TestApp,
    pub schema: Schema,
    /// As an approver of the secretariat reads it; they edit everything while it is a draft.
    pub matrix: Matrix,
    pub hub: Client,
    pub home: Land,
    pub foreign: Land,
    pub foreign_matrix: Matrix,
    pub foreign_admin: Client,
}

/// Somebody who asks, and what must never be in an answer.
pub struct Person<'w> {
    pub name: &'static str,
    pub client: Client,
    pub blind_to: Vec<&'w Land>,
}

impl World {
    pub fn new() -> Self {
        let database = Database::demo();
        let runtime = Runtime::new().unwrap();
        runtime.block_on(found(database.url()));
        let app = TestApp::with(database, Config::default());
        let (hub, foreign_admin) = (app.sign_in("hub-approver"), app.sign_in("hourai"));
        let schema = Schema::read(&hub);
        let (matrix, foreign_matrix) = (Matrix::read(&hub), Matrix::read(&foreign_admin));
        let misato = app.sign_in(SHARED.1);
        fill((&hub, &misato), &matrix, &matrix.organization("本庄市"), "こちら");
        fill((&foreign_admin, &misato), &foreign_matrix, &foreign_matrix.organization("蓬莱町"), "蓬莱");
        let home = Land::of(&app, HOME, FOREIGN, &matrix, &[HOME]);
        let foreign = Land::of(&app, FOREIGN, HOME, &foreign_matrix, &MARKS);
        Self { app, schema, matrix, hub, home, foreign, foreign_matrix, foreign_admin }
    }

    /// Somebody of the sample's region.
    pub fn member(&self, login: &'static str) -> Person<'_> {
        Person { name: login, client: self.app.sign_in(login), blind_to: vec![&self.foreign] }
    }

    pub fn stranger(&self) -> Person<'_> {
        Person { name: "stranger", client: self.app.sign_in("hourai"), blind_to: vec![&self.home] }
    }

    /// Without a role in the sample's region.
    pub fn operator(&self) -> Person<'_> {
        Person { name: "operator", client: self.app.sign_in("hourai-operator"), blind_to: Vec::new() }
    }

    pub fn nobody(&self) -> Person<'_> {
        Person { name: "nobody", client: self.app.client(), blind_to: vec![&self.home, &self.foreign] }
    }

    pub fn set_role(&self, login: &str, role: Role) {
        let account = format!("(SELECT id FROM account WHERE login = '{login}')");
        let changed = format!("UPDATE membership SET role = '{}' WHERE account_id = {account}", role.code());
        assert_eq!(self.app.execute(&changed), 1);
    }

    /// How much there is of everything, and how far both logs are.
    pub fn stock(&self) -> Vec<i64> {
        let tables = [
            "entry",
            "change",
            "thread",
            "comment",
            "mention",
            "snapshot",
            "draft",
            "visit",
            "notice",
            "token",
            "session",
            "item",
            "sheet",
            "handout",
            "membership",
            "region_organization",
        ];
        let count = |(place, table)| format!("SELECT {place} AS place, COUNT(*) AS number FROM {table}");
        let counts: Vec<String> = tables.iter().enumerate().map(count).collect();
        self.app.select(&format!(
            "SELECT number FROM ({} UNION ALL SELECT 99, seq FROM region) AS stock ORDER BY place, number",
            counts.join(" UNION ALL ")
        ))
    }

    /// Documents that select all that can be reached.
    pub fn queries(&self) -> Vec<(String, Document)> {
        // How much it is may be known only when it runs, of whichever kind the node is.
        let accepts = |document: &Document| {
            self.home.ids.keys().all(|kind| {
                let answer = self.hub.graphql(&document.text, self.home.variables(kind));
                let is_too_much = answer["errors"][0]["extensions"]["code"] == "COMPLEXITY_LIMIT";
                let ran = answer.get("data").is_some() && !is_too_much;
                assert!(!ran || answer.get("errors").is_none(), "{}\n{:#}", document.text, answer["errors"]);
                ran
            })
        };
        self.schema.queries(accepts)
    }
}

impl Person<'_> {
    /// The whole answer, in which there is nothing of what the person does not read.
    pub fn ask(&self, document: &str, variables: Value) -> Value {
        let answer = self.client.post(&json!({ "query": document, "variables": variables }));
        let text = answer.text();
        for mark in self.blind_to.iter().flat_map(|land| &land.marks) {
            assert!(!text.contains(mark), "{} is told of {mark}\n{document}\n{variables}\n{text}", self.name);
        }
        answer.json()
    }
}

impl Land {
    fn of(app: &TestApp, name: &str, other: &str, matrix: &Matrix, words: &[&str]) -> Self {
        let of = |name: &str| format!("(SELECT id FROM region WHERE name = '{name}')");
        let (region, other) = (of(name), of(other));
        let alone = |table: &str, column: &str| {
            format!(
                "SELECT {column} FROM {table} WHERE region_id = {region} AND {column} NOT IN
                    (SELECT {column} FROM {table} WHERE region_id = {other})"
            )
        };
        let rows = |table: &str| format!("SELECT id FROM {table} WHERE region_id = {region}");
        let people = alone("membership", "account_id");
        let threads = rows("thread");
        let ids = BTreeMap::from([
            ("Region", format!("SELECT id FROM region WHERE name = '{name}'")),
            ("Organization", alone("region_organization", "organization_id")),
            ("Account", people.clone()),
            ("Item", rows("item")),
            ("Sheet", rows("sheet")),
            ("Handout", rows("handout")),
            ("Entry", rows("entry")),
            ("Change", rows("change")),
            ("Snapshot", rows("snapshot")),
            ("Draft", rows("draft")),
            ("Comment", format!("SELECT id FROM comment WHERE thread_id IN ({threads})")),
            ("Thread", threads),
            (
                "Notice",
                format!(
                    "SELECT id FROM notice WHERE region_id = {region} AND account_id IN
                        (SELECT id FROM account WHERE login IN ('hub-approver', 'hourai'))"
                ),
            ),
            ("Token", format!("SELECT id FROM token WHERE account_id IN ({people})")),
        ]);
        let read = |(kind, sql): (&'static str, String)| {
            let found: Vec<Uuid> = app.select(&sql);
            assert!(!found.is_empty(), "{name} has no {kind}");
            (kind, found.iter().map(Uuid::to_string).collect())
        };
        let ids: BTreeMap<&'static str, Vec<String>> = ids.into_iter().map(read).collect();
        let marks = ids.values().flatten().cloned().chain(words.iter().map(|word| (*word).to_owned()));
        let marks = marks.collect();
        Self { region: matrix.region["id"].clone(), sheet: matrix.sheet["id"].clone(), ids, marks }
    }

    /// The variables of a query that asks for this region, and for one thing of a kind.
    pub fn variables(&self, kind: &str) -> Value {
        let node = self.ids.get(kind).map_or("", |ids| ids[0].as_str());
        json!({ "region": self.region, "sheet": self.sheet, "draftsOf": self.sheet, "node": node })
    }
}

async fn found(database: &str) {
    let db = Db::open(database).await.unwrap();
    if let Err(stop) = found_in(&db).await {
        panic!("the foreign region cannot be founded: {stop:?}");
    }
    db.close().await.unwrap();
}

async fn found_in(db: &Db) -> Result<(), Stop> {
    let year = FiscalYear(2026);
    let region = regions::add(db, FOREIGN, "蓬莱拠点").await?.region.id;
    for name in ["蓬莱町", SHARED.0] {
        let kind = OrganizationKind::Municipality;
        let new = NewOrganization { kind, name, short_name: None, separate: false };
        regions::add_organization(db, FOREIGN, new).await?;
    }
    handout::service::add(db, region, year, 2, "蓬莱の資料").await?;
    import::service::import(db, FOREIGN, year, "hourai.tsv", SHEET.as_bytes(), false).await?;
    for (login, name, organization, operator) in [
        ("hourai", "蓬莱の管理者", "蓬莱拠点", false),
        ("hourai-operator", "蓬莱のシステム管理者", "蓬莱拠点", true),
        (SHARED.1, "", SHARED.0, false),
    ] {
        let name = if name.is_empty() { "美里町 担当者" } else { name };
        let new = NewAccount { login, name, organization, region: FOREIGN, role: Role::Admin, operator };
        accounts::add(db, new, Some(PASSWORD)).await?;
    }
    Ok(())
}

/// One of everything that a person makes, in a region where they may, and an answer of somebody else.
fn fill((client, other): (&Client, &Client), matrix: &Matrix, organization: &Value, word: &str) {
    let mut input = matrix.new_entry("ア", "GOAL", &format!("{word}の取組（資料2）（イ）"));
    input["ownerId"] = organization.clone();
    input["notes"] = json!([note("ASTERISK", &format!("{word}の注記"), 0)]);
    let saved = client.change("createEntry", &input);
    let entry = &saved["entry"]["id"];
    let gone = client.change("createEntry", &matrix.new_entry("イ", "PLAN", &format!("{word}の消した取組")));
    let version = json!({ "requestId": request_id(), "id": gone["entry"]["id"], "version": 1 });
    assert_eq!(client.change("deleteEntry", &version)["__typename"], "EntryDeleted");
    let sheet = &matrix.sheet["id"];
    for (mutation, input) in [
        (
            "CreateThread",
            json!({ "sheetId": sheet, "entryId": entry, "body": format!("{word}の話"), "mentionIds": [organization] }),
        ),
        ("CreateSnapshot", json!({ "sheetId": sheet, "label": format!("{word}の提出版") })),
        ("CreateToken", json!({ "name": format!("{word}のトークン"), "scope": "READ_ONLY", "days": 9 })),
    ] {
        let mut input = input;
        input["requestId"] = json!(request_id());
        let field = mutation.replacen('C', "c", 1);
        let fields = if mutation == "CreateThread" { "... on ThreadSaved { thread { id } }" } else { "" };
        let document = format!(
            "mutation($input: {mutation}Input!) {{ it: {field}(input: $input) {{ __typename {fields} }} }}"
        );
        let done = client.data(&document, json!({ "input": input }));
        assert_ne!(done["it"]["__typename"], "Refusal", "{mutation}");
        if mutation == "CreateThread" {
            let thread = &done["it"]["thread"]["id"];
            let input =
                json!({ "requestId": request_id(), "threadId": thread, "body": format!("{word}の返信") });
            let document = "mutation($input: AddCommentInput!) { addComment(input: $input) { __typename } }";
            let answered = other.data(document, json!({ "input": input }));
            assert_eq!(answered["addComment"]["__typename"], "ThreadSaved");
        }
    }
    let draft = json!({
        "sheetId": sheet, "deviceId": word, "entryId": entry, "outline": format!("○{word}の下書き"), "version": 1,
        "typedAt": "2026-02-06T01:23:45.678Z", "merged": format!("{word}を合わせる"),
    });
    client.data(
        "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }",
        json!({ "input": draft }),
    );
    let seen = json!({ "sheetId": sheet, "seq": 1 });
    client.data("mutation($input: NoteVisitInput!) { noteVisit(input: $input) }", json!({ "input": seen }));
}
