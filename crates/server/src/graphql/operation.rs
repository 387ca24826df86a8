//! A request on its way: read within the limits, judged by who sends it, then run.

use super::cost::{Cost, WEIGHTS_OF_SCHEMA};
use super::limits::{self, Excess, refused};
use super::reading::{Allowance, Reading};
use super::{Caller, Door, Introspection, Operations, gate, introspection::Question, own};
use crate::App;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{ErrorExtensionValues, Request, Response, ServerError, Variables};
use futures_util::stream::{BoxStream, StreamExt};
use serde_json::Map;
use tokio::time::timeout;

/// What a client wants to be done, and may, as far as it can be told without asking who the client is.
pub struct Operation {
    request: Request,
    /// Of the operation that would run; `None` where none can be told.
    kind: Option<OperationType>,
    only_reads: bool,
    /// How it looks to somebody who is not signed in.
    signed_out: gate::SignedOut,
    /// One of the client's own.
    own: bool,
    allowance: Allowance,
    cost: Cost,
}

impl Operation {
    /// Reads a request. Refused: what is no document, and what is too much.
    pub fn read(
        query: String,
        name: Option<String>,
        variables: Map<String, serde_json::Value>,
    ) -> Result<Self, ServerError> {
        limits::check_text(&query)?;
        let document = parse_query(&query).map_err(|error| coded(error.into(), "SYNTAX"))?;
        limits::check_structure(&document)?;
        if variables.values().map(values).sum::<usize>() > limits::VARIABLES {
            return Err(Excess::Variables.into());
        }
        let mut variables = Variables::from_json(serde_json::Value::Object(variables));
        put_defaults(&document, name.as_deref(), &mut variables);
        let own = own::is_own(&query);
        let cost = match own {
            true => WEIGHTS_OF_SCHEMA.of(&document, &variables)?,
            false => WEIGHTS_OF_SCHEMA.check(&document, &variables)?,
        };
        let kind = kind(&document, name.as_deref());
        let allowance = Allowance {
            left: WEIGHTS_OF_SCHEMA.left(cost),
            unbounded: own || kind == Some(OperationType::Mutation),
        };
        let operation = Operation {
            kind,
            only_reads: only_reads(&document, name.as_deref()),
            signed_out: gate::SignedOut::of(&document),
            own,
            allowance,
            request: Request::new(query).variables(variables),
            cost,
        };
        Ok(operation.with(name, document))
    }

    fn with(mut self, name: Option<String>, mut document: ExecutableDocument) -> Self {
        self.request.operation_name = name;
        if self.may_subscribe() {
            tighten(&mut document);
        }
        if let Some(question) = Question::of(&document, &self.request.variables) {
            self.request = self.request.data(question);
        }
        self.request.set_parsed_query(document);
        self
    }

    /// As the library takes it.
    pub fn request(&mut self) -> &mut Request {
        &mut self.request
    }

    /// What it is estimated to take, as a part of the client's whole sheet.
    pub fn estimate(&self) -> f64 {
        WEIGHTS_OF_SCHEMA.of_sheet(self.cost)
    }

    /// Whether what would run is a query. Where none of several is named, any might.
    pub fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// Whether it may be a subscription.
    pub fn may_subscribe(&self) -> bool {
        self.kind.is_none_or(|kind| kind == OperationType::Subscription)
    }

    /// Runs a query or a mutation.
    pub async fn run(self, app: &App, caller: Caller) -> Response {
        if let Err(error) = self.admit(app, &caller) {
            return Response::from_errors(vec![error]);
        }
        let discreet = discreet(app, &caller);
        // One that changes something is not left in the middle.
        let hurried = self.kind == Some(OperationType::Query);
        let answer = app.schema.execute(self.request.data(reading(app, caller, self.allowance)));
        let answer = match hurried {
            true => timeout(app.config.query_time.unwrap_or(limits::QUERY_TIME), answer).await,
            false => Ok(answer.await),
        };
        match answer {
            Ok(answer) => told(answer, discreet),
            Err(_) => Response::from_errors(vec![Excess::Time.into()]),
        }
    }

    /// Runs a subscription.
    pub fn stream(self, app: &App, caller: Caller) -> BoxStream<'static, Response> {
        if let Err(error) = self.admit(app, &caller) {
            return futures_util::stream::iter([Response::from_errors(vec![error])]).boxed();
        }
        let discreet = discreet(app, &caller);
        let answers = app.schema.execute_stream(self.request.data(reading(app, caller, self.allowance)));
        answers.map(move |answer| told(answer, discreet)).boxed()
    }

    /// Whether the caller may send such an operation at all. What it may do is the services' business.
    fn admit(&self, app: &App, caller: &Caller) -> Result<(), ServerError> {
        let Some(identity) = &caller.identity else {
            return self.signed_out.judge(app.config.introspection);
        };
        let free = identity.by_token() || caller.door == Door::Playground;
        if app.config.operations == Operations::Own && !free && !self.own {
            let message = "このサーバーでは、画面の操作のほかは、見出しの「API」（/playground）か、APIトークンを使って行ってください。";
            return Err(refused(message, "UNKNOWN_OPERATION"));
        }
        Ok(())
    }
}

/// Each request has its own.
fn reading(app: &App, caller: Caller, allowance: Allowance) -> Reading {
    Reading::new(app.db.clone(), app.config.clone(), app.live.clone(), caller, allowance)
}

/// Whoever is not signed in learns no name of the schema from an error.
fn discreet(app: &App, caller: &Caller) -> bool {
    caller.identity.is_none() && app.config.introspection == Introspection::SignedIn
}

/// Gives errors that are not ours a code, and takes their words away.
fn told(mut answer: Response, discreet: bool) -> Response {
    let coded = |mut error: ServerError| {
        if error.extensions.as_ref().is_some_and(|values| values.get("code").is_some()) {
            return error;
        }
        if discreet {
            error.message = "この問い合わせはできません。項目の名前と値を確かめてください。".to_owned();
        }
        let code = if error.path.is_empty() { "VALIDATION" } else { "BAD_USER_INPUT" };
        coded(error, code)
    };
    answer.errors = answer.errors.into_iter().map(coded).collect();
    answer
}

fn coded(mut error: ServerError, code: &str) -> ServerError {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}

fn values(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(list) => 1 + list.iter().map(values).sum::<usize>(),
        serde_json::Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// Gives back the room that the parser has left: a subscription keeps its document as long as it lives.
fn tighten(document: &mut ExecutableDocument) {
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(single) => vec![single],
        DocumentOperations::Multiple(several) => several.values_mut().collect(),
    };
    let operations = operations.into_iter().map(|operation| &mut operation.node.selection_set.node);
    let fragments = document.fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
    let mut sets: Vec<&mut SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = sets.pop() {
        set.items.shrink_to_fit();
        sets.extend(set.items.iter_mut().filter_map(|selection| match &mut selection.node {
            Selection::Field(field) => Some(&mut field.node.selection_set.node),
            Selection::InlineFragment(fragment) => Some(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => None,
        }));
    }
}

fn kind(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    chosen(document, name).map(|operation| operation.ty)
}

/// The operation that would run.
fn chosen<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Option<&'d OperationDefinition> {
    let operation = match &document.operations {
        DocumentOperations::Single(single) => Some(single),
        DocumentOperations::Multiple(several) => {
            let mut several = several.iter();
            let chosen = match (name, several.len()) {
                (Some(name), _) => several.find(|(own, _)| own.as_str() == name),
                (None, 1) => several.next(),
                (None, _) => None,
            };
            chosen.map(|(_, operation)| operation)
        }
    };
    operation.map(|operation| &operation.node)
}

/// Variables that are not given have their default, also where the library would not look for it: in `@include` and
/// `@skip`.
fn put_defaults(document: &ExecutableDocument, name: Option<&str>, variables: &mut Variables) {
    for definition in chosen(document, name).into_iter().flat_map(|chosen| &chosen.variable_definitions) {
        if let Some(default) = &definition.node.default_value {
            variables.entry(definition.node.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
}

fn only_reads(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let reads = |kind| kind == OperationType::Query;
    match kind(document, name) {
        Some(kind) => reads(kind),
        None => document.operations.iter().all(|(_, operation)| reads(operation.node.ty)),
    }
}
