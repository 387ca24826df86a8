//! Somebody at a browser: an HTTP client that keeps one cookie.

use crate::matrix;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Mutex;
use ureq::http::{HeaderMap, Request};

/// What the server answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("answers are UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}), status {}: {}", self.status, self.text()))
    }
}

/// One person's connection to a server.
pub struct Client {
    agent: ureq::Agent,
    url: String,
    session: Mutex<Option<String>>,
    /// Where a proxy says that the person is.
    pub behind: Option<IpAddr>,
    /// A script's token, as it stands behind `Bearer`.
    pub bearer: Option<String>,
}

impl Client {
    pub fn new(url: impl Into<String>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .accept("")
            .user_agent("renkei-tests")
            .build()
            .new_agent();
        Self { agent, url: url.into(), session: Mutex::default(), behind: None, bearer: None }
    }

    /// The same person, seen at another address by a proxy in front of the server.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        self.behind = Some(address.parse().expect("an IP address"));
        self
    }

    /// A script of this person's, or somebody who sends something else as a token.
    #[must_use]
    pub fn bearing(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// The token of the session, as the browser keeps it.
    pub fn token(&self) -> Option<String> {
        self.session.lock().expect("no test panics here").clone()
    }

    pub fn use_token(&self, token: Option<String>) {
        *self.session.lock().expect("no test panics here") = token;
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = self.token() {
            request = request.header("cookie", format!("other=1; renkei_session={token}"));
        }
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(address) = self.behind {
            request = request.header("x-forwarded-for", address.to_string());
        }
        let request = request.body(body).expect("a request");
        let mut response = self.agent.run(request).expect("the server answers");
        let body = response.body_mut().with_config().limit(100 << 20).read_to_vec().expect("a whole answer");
        let answer = Answer { status: response.status().as_u16(), headers: response.headers().clone(), body };
        self.keep_cookie(&answer);
        answer
    }

    fn keep_cookie(&self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("cookies are ASCII");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            if let Some(token) = pair.strip_prefix("renkei_session=") {
                let ended = token.is_empty() || attributes.to_lowercase().contains("max-age=0");
                self.use_token((!ended).then(|| token.to_owned()));
            }
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// POST of a GraphQL request as it is.
    pub fn post(&self, request: &Value) -> Answer {
        self.send("POST", "/graphql", &[("content-type", "application/json")], request.to_string().as_bytes())
    }

    /// POST of a GraphQL request to a server that may be gone, or may go before it has answered: then there is no answer.
    pub fn try_post(&self, url: &str, request: &Value) -> Option<Value> {
        let cookie = format!("renkei_session={}", self.token().unwrap_or_default());
        let post = self.agent.post(format!("{url}/graphql")).header("cookie", cookie);
        let mut answer = post.header("content-type", "application/json").send(request.to_string()).ok()?;
        serde_json::from_slice(&answer.body_mut().read_to_vec().ok()?).ok()
    }

    /// The whole answer to an operation: `data` or `errors` or both.
    pub fn graphql(&self, query: &str, variables: Value) -> Value {
        self.post(&json!({ "query": query, "variables": variables })).json()
    }

    /// The data of an operation that has to succeed.
    pub fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql(query, variables);
        assert!(answer.get("errors").is_none(), "{query}\n{:#}", answer["errors"]);
        answer["data"].take()
    }

    /// The code of the error of an operation that has to be refused as a whole.
    pub fn refused(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql(query, variables);
        assert!(answer.get("data").is_none(), "{query}\n{answer:#}");
        answer["errors"][0]["extensions"]["code"].take()
    }

    /// One mutation with one input, with all that its payload can say.
    pub fn change(&self, mutation: &str, input: &Value) -> Value {
        let mut answer = self.post(&matrix::request(mutation, input)).json();
        assert!(answer.get("errors").is_none(), "{mutation}\n{:#}", answer["errors"]);
        answer["data"][mutation].take()
    }

    pub fn try_sign_in(&self, login: &str, password: &str) -> Value {
        let input = json!({ "login": login, "password": password });
        let document = "mutation($input: SignInInput!) { signIn(input: $input) { __typename
            ... on SignedIn { account { id login name operator } } ... on Refusal { code message field } } }";
        self.data(document, json!({ "input": input }))["signIn"].take()
    }

    pub fn sign_in(self, login: &str, password: &str) -> Self {
        let payload = self.try_sign_in(login, password);
        assert_eq!(payload["__typename"], "SignedIn", "{login}: {payload}");
        self
    }

    pub fn viewer(&self) -> Value {
        self.data("{ viewer { id login } }", json!({}))["viewer"].take()
    }
}
