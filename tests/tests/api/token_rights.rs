//! What a token may do: never more than its person at this moment, and less if it is for reading. Over HTTP and sockets.

use crate::{
    documents::Inputs,
    token::{asks, create, revoke, script, tokens, wanted},
};
use renkei_tests::{Client, Matrix, PASSWORD, Serving, Socket, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
const FORBIDDEN: u16 = 4403;
/// Tables in which a mutation would leave something.
const TABLES: [&str; 6] = ["change", "draft", "session", "token", "request", "access_log"];
/// What a person does before the screen alone.
const BY_A_PERSON: [&str; 5] = ["signIn", "signOut", "changePassword", "createToken", "revokeToken"];

/// Sends each of these mutations with made-up input, and gives the code with which it was refused.
fn attempts(client: &Client, inputs: &Inputs, mutations: &[Value]) -> Vec<(String, Value)> {
    let attempt = |mutation: &Value| {
        let name = mutation["name"].as_str().unwrap();
        let union = mutation["type"]["ofType"]["kind"] == "UNION";
        let payload = if union { "{ __typename ... on Refusal { code } }" } else { "" };
        let argument = mutation["args"][0]["type"]["ofType"]["name"].as_str();
        let (document, variables) = match argument {
            Some(input) => (
                format!("mutation($input: {input}!) {{ it: {name}(input: $input) {payload} }}"),
                json!({ "input": inputs.value(input) }),
            ),
            None => (format!("mutation {{ it: {name} {payload} }}"), json!({})),
        };
        let answer = client.graphql(&document, variables);
        let code =
            if union { &answer["data"]["it"]["code"] } else { &answer["errors"][0]["extensions"]["code"] };
        (name.to_owned(), code.clone())
    };
    mutations.iter().map(attempt).collect()
}

fn mutations(client: &Client) -> Vec<Value> {
    let query = "{ __schema { mutationType { fields { name args { type { ofType { name } } }
        type { kind ofType { kind name } } } } } }";
    let fields = client.data(query, json!({}))["__schema"]["mutationType"]["fields"].take();
    let fields = fields.as_array().unwrap().clone();
    assert!(fields.len() >= 13, "{fields:?}");
    fields
}

#[test]
fn whoever_only_reads_changes_nothing_whatever_the_mutation() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let reader = script(&app, &hub, "読むだけ", "READ_ONLY");
    let (inputs, mutations) = (Inputs::read(&hub), mutations(&hub));
    assert!(asks(&reader).is_ok());
    let before = TABLES.map(|table| app.count(table));
    for (mutation, code) in attempts(&reader, &inputs, &mutations) {
        assert_eq!(code, "FORBIDDEN", "{mutation}");
    }
    assert_eq!(TABLES.map(|table| app.count(table)), before);
    // Nor with an input that its person could send.
    let matrix = Matrix::read(&reader);
    let create = matrix.new_entry("ア", "GOAL", "読むだけのはずが");
    let refused = reader.change("createEntry", &create);
    assert_eq!(refused["code"], "FORBIDDEN", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("閲覧のみ"), "{refused}");
    let presence = json!({ "sheetId": matrix.sheet["id"], "visitId": request_id() });
    let answer = reader.graphql(
        "mutation($input: PresenceInput!) { announcePresence(input: $input) }",
        json!({ "input": presence }),
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    assert_eq!(TABLES.map(|table| app.count(table)), before);
    // Its refusal is not kept in the way of the person themselves.
    assert_eq!(hub.change("createEntry", &create)["__typename"], "EntrySaved");
}

#[test]
fn whoever_only_reads_reads_what_their_person_reads() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let reader = script(&app, &honjo, "読むだけ", "READ_ONLY");
    let (own, read) = (Matrix::read(&honjo), Matrix::read(&reader));
    assert_eq!((own.sheet, own.region), (read.sheet.clone(), read.region.clone()));
    let matrix = Matrix::read(&reader);
    let visit = json!(request_id());
    let mut socket = Socket::greeted(&app.url, &reader);
    socket.subscribe_to(&matrix, Value::Null, visit);
    let present = socket.event();
    assert_eq!(present["present"], json!([]), "and shows nobody that its person is there");
    honjo.change("createEntry", &matrix.new_entry("ア", "GOAL", "きこえますか"));
    assert_eq!(socket.change()["entry"]["body"], "きこえますか");
    socket.subscribe("it", "mutation { signOut }", json!({}));
    let refused = socket.hear();
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
}

#[test]
fn no_token_does_what_a_person_does_before_the_screen() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let writer = script(&app, &honjo, "書くもの", "FULL");
    let (inputs, mut mutations) = (Inputs::read(&honjo), mutations(&honjo));
    mutations.retain(|mutation| BY_A_PERSON.contains(&mutation["name"].as_str().unwrap()));
    assert_eq!(mutations.len(), BY_A_PERSON.len());
    for (mutation, code) in attempts(&writer, &inputs, &mutations) {
        assert_eq!(code, "FORBIDDEN", "{mutation}");
    }
    // Also with what would be right otherwise, and with a session's cookie beside it.
    writer.use_token(honjo.token());
    assert_eq!(create(&writer, &wanted("もう1つ", "FULL"))["code"], "FORBIDDEN");
    assert_eq!(revoke(&writer, &tokens(&writer)[0]["id"])["code"], "FORBIDDEN");
    assert_eq!(change_password(&writer)["code"], "FORBIDDEN");
    assert_eq!(writer.try_sign_in("honjo", PASSWORD)["code"], "FORBIDDEN");
    let answer = writer.post(&json!({ "query": "mutation { signOut }" }));
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(answer.header("set-cookie").is_empty());
    assert_eq!((app.count("session"), app.count("token")), (1, 1));
    assert_eq!(asks(&honjo), Ok(json!("honjo")));
}

#[test]
fn a_change_by_a_token_is_its_persons_and_tells_by_which() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let writer = script(&app, &honjo, "取り込み", "FULL");
    let matrix = Matrix::read(&writer);
    let saved = writer.change("createEntry", &matrix.new_entry("ア", "GOAL", "プログラムから"));
    assert_eq!(saved["change"]["by"]["login"], "honjo", "{saved}");
    assert_eq!(saved["change"]["byName"], "本庄市 担当者");
    let edited = honjo.change("updateEntry", &edit(&saved["entry"], "画面から"));
    let query = "query($id: ID!) { node(id: $id) { ... on Entry {
        changes(first: 2) { edges { node { id byName viaToken } } } } } }";
    let told = |client: &Client| {
        let node = client.data(query, json!({ "id": saved["entry"]["id"] }))["node"].take();
        let edges = node["changes"]["edges"].as_array().unwrap().clone();
        edges.iter().map(|edge| edge["node"]["viaToken"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&app.sign_in("misato")), [Value::Null, json!("取り込み")], "others are told, too");
    let query = "query($id: ID!) { node(id: $id) { ... on Change { viaToken } } }";
    let one = |change: &Value| honjo.data(query, json!({ "id": change["id"] }))["node"]["viaToken"].clone();
    assert_eq!((one(&saved["change"]), one(&edited["change"])), (json!("取り込み"), Value::Null));
    // The token goes, the change stays.
    revoke(&honjo, &tokens(&honjo)[0]["id"]);
    assert_eq!(told(&honjo), [Value::Null, json!("取り込み")]);
}

#[test]
fn a_token_has_the_rights_of_its_person_at_this_moment() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let writer = script(&app, &honjo, "書くもの", "FULL");
    let matrix = Matrix::read(&writer);
    let mut of_another = matrix.new_entry("ア", "GOAL", "美里町の取組");
    of_another["ownerId"] = matrix.organization("美里町");
    assert_eq!(writer.change("createEntry", &of_another)["code"], "FORBIDDEN");
    let attempt = || {
        let saved = writer.change("createEntry", &matrix.new_entry("ア", "GOAL", "いまの権限"));
        if saved["__typename"] == "Refusal" { saved["code"].clone() } else { saved["__typename"].clone() }
    };
    assert_eq!(attempt(), "EntrySaved");
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    assert_eq!(attempt(), "PHASE");
    app.execute("UPDATE sheet SET phase = 'DRAFT'");
    let of_honjo = "WHERE account_id = (SELECT id FROM account WHERE login = 'honjo')";
    app.execute(&format!("UPDATE membership SET role = 'VIEWER' {of_honjo}"));
    assert_eq!(attempt(), "FORBIDDEN");
    app.execute(&format!("DELETE FROM membership {of_honjo}"));
    assert_eq!(attempt(), "NOT_FOUND");
    assert_eq!(writer.data("{ regions { name } }", json!({}))["regions"], json!([]));
}

#[test]
fn a_socket_opens_by_header_or_by_its_first_message() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let secret = create(&honjo, &wanted("きくもの", "FULL"))["secret"].as_str().unwrap().to_owned();
    let who = |mut socket: Socket| {
        socket.subscribe("who", "{ viewer { login } }", json!({}));
        socket.hear()["payload"]["data"]["viewer"]["login"].clone()
    };
    let bearing = app.client().bearing(&secret);
    assert_eq!(who(Socket::greeted(&app.url, &bearing)), "honjo");
    let init = |client: &Client, payload: Value| {
        let mut socket = Socket::plain(&app.url, client);
        socket.say(&json!({ "type": "connection_init", "payload": payload }));
        socket
    };
    for name in ["Authorization", "authorization"] {
        for client in [app.client(), app.sign_in("misato")] {
            let mut socket = init(&client, json!({ name: format!("Bearer {secret}") }));
            assert_eq!(socket.hear(), json!({ "type": "connection_ack" }));
            assert_eq!(who(socket), "honjo", "the token decides, whatever the cookie says");
        }
    }
    // A wrong one never gets in, whoever is signed in beside it.
    let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
    let wrong = app.client().bearing(format!("{secret}0"));
    wrong.use_token(honjo.token());
    assert_eq!(Socket::open(&app.url, &wrong, &protocol).err(), Some(401));
    for payload in
        [json!({ "Authorization": secret }), json!({ "Authorization": 1 }), json!({ "authorization": "" })]
    {
        assert_eq!(init(&honjo, payload.clone()).code(), FORBIDDEN, "{payload}");
    }
    let mut socket = init(&honjo, json!({ "Authorization": null, "other": 1 }));
    assert_eq!(socket.hear(), json!({ "type": "connection_ack" }));
    // Pages of other sites get no further than before, but whoever brings a token is no page.
    let foreign =
        [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", "https://elsewhere.example")];
    assert_eq!(Socket::open(&app.url, &honjo, &foreign).err(), Some(403));
    assert!(Socket::open(&app.url, &bearing, &foreign).is_ok());
}

#[test]
fn a_socket_ends_at_once_with_its_token() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let (one, other) = (script(&app, &honjo, "1つめ", "FULL"), script(&app, &honjo, "2つめ", "READ_ONLY"));
    let matrix = Matrix::read(&honjo);
    let mut ended = Socket::on_sheet(&app.url, &one, &matrix, Value::Null);
    let mut lives = Socket::on_sheet(&app.url, &other, &matrix, Value::Null);
    let mut screen = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    let id = &tokens(&one)[0]["id"];
    assert_eq!(revoke(&honjo, id)["__typename"], "TokenRevoked");
    forbidden(&mut ended);
    let quiet = Duration::from_millis(300);
    assert_eq!((lives.within(quiet), screen.within(quiet)), (None, None), "the others go on");
    // When the person has other rights, too, whoever says so.
    let folder = tempfile::tempdir().unwrap();
    let database = ["--database", app.database.url()];
    let role = ["account", "set-role", "--login", "honjo", "--region", "本庄市児玉郡", "--role", "VIEWER"];
    renkei(folder.path(), &[&role[..], &database].concat(), "").expect_success();
    forbidden(&mut lives);
    let mut lives = Socket::on_sheet(&app.url, &other, &matrix, Value::Null);
    let revoke = ["token", "revoke", "--login", "honjo", "--all"];
    renkei(folder.path(), &[&revoke[..], &database].concat(), "").expect_success();
    forbidden(&mut lives);
}

#[test]
fn a_socket_ends_when_its_token_runs_out() {
    let app = TestApp::demo();
    let script = script(&app, &app.sign_in("honjo"), "あと少し", "READ_ONLY");
    app.execute(&format!("UPDATE token SET expires_at = expires_at - {}", 90 * 86_400_000_i64 - 2_500));
    let mut socket = Socket::greeted(&app.url, &script);
    let start = Instant::now();
    assert_eq!(socket.code(), FORBIDDEN);
    assert!(start.elapsed() < 4 * SECOND, "{:?}", start.elapsed());
    assert_eq!(asks(&script), Err(401));
}

#[test]
fn another_password_revokes_all_tokens() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let (mine, theirs) = (script(&app, &honjo, "本庄市", "FULL"), script(&app, &misato, "美里町", "FULL"));
    let mut socket = Socket::greeted(&app.url, &mine);
    assert_eq!(change_password(&honjo)["__typename"], "PasswordChanged");
    forbidden(&mut socket);
    assert_eq!((asks(&mine), asks(&theirs)), (Err(401), Ok(json!("misato"))));
    assert_eq!(tokens(&honjo), Vec::<Value>::new());
}

#[test]
fn a_token_is_good_at_every_server_of_the_database() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    let beside = Serving::start(folder.path(), &["--database", app.database.url()]);
    let honjo = app.sign_in("honjo");
    let here = script(&app, &honjo, "どこでも", "FULL");
    let there = Client::new(&beside.url).bearing(here.bearer.clone().unwrap());
    assert_eq!(asks(&there), Ok(json!("honjo")));
    let mut socket = Socket::greeted(&beside.url, &there);
    revoke(&honjo, &tokens(&honjo)[0]["id"]);
    forbidden(&mut socket);
    assert_eq!(asks(&there), Err(401));
}

/// The socket is closed, and soon.
fn forbidden(socket: &mut Socket) {
    let since = Instant::now();
    assert_eq!(socket.code(), FORBIDDEN);
    assert!(since.elapsed() < SECOND, "{:?}", since.elapsed());
}

fn change_password(client: &Client) -> Value {
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename
        ... on Refusal { code } } }";
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "another-password" });
    client.data(document, json!({ "input": input }))["changePassword"].take()
}
