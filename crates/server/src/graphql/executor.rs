//! Executes requests, for HTTP and WebSocket alike: checked against the limits, judged by who sends them, and answered as
//! the specification has it.

use super::anonymous::Anonymous;
use super::audience;
use super::limits::{self, LimitError};
use super::response::Selected;
use super::types::TYPES;
use super::{Caller, Introspection, Schema, document};
use crate::api::context::RequestContext;
use crate::api::encoded::{Audience, EncodedEvents};
use crate::api::loader::Batches;
use crate::{Config, Db, Fault, live::Live};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Data, Error, ErrorExtensionValues, Request, Response, ServerError, Value, Variables};
use futures_util::stream::{self, BoxStream, StreamExt};
use std::{any::TypeId, sync::Arc, sync::LazyLock};
use tokio::time::timeout;

/// Executes requests that carry their [`Caller`] in their data, or in that of their connection.
#[derive(Clone)]
pub struct Executor {
    schema: Schema,
    db: Db,
    config: Arc<Config>,
    live: Arc<Live>,
    events: EncodedEvents,
}

/// What is known of a request that is within the limits; kept in its data.
struct Checked {
    kind: OperationType,
    anonymous: Anonymous,
    selected: Selected,
}

/// Parses a request, checks its limits, and says which kind of operation it would run. Where it does not say which of
/// several, and is answered with an error, that is the kind that may do most. Done once: the document stays in the request.
pub fn read(request: &mut Request) -> Result<OperationType, ServerError> {
    Ok(checked(request)?.kind)
}

fn checked(request: &mut Request) -> Result<Arc<Checked>, ServerError> {
    if let Some(checked) = data::<Arc<Checked>>(&request.data) {
        return Ok(checked.clone());
    }
    let document = document::check(&request.query)?;
    let document = parse_query(document).map_err(|error| with_code(error.into(), "SYNTAX"))?;
    limits::check_selections(&document)?;
    if request.variables.values().map(values).sum::<usize>() > limits::VARIABLES {
        return Err(LimitError::Variables.into());
    }
    let chosen = chosen(&document, request.operation_name.as_deref());
    if let Some(chosen) = chosen {
        insert_defaults(chosen, &mut request.variables);
    }
    let checked = Arc::new(Checked {
        kind: chosen.map_or_else(|| most(&document), |chosen| chosen.ty),
        anonymous: Anonymous::of(&document),
        selected: chosen.map(|chosen| Selected::by(chosen, &document)).unwrap_or_default(),
    });
    request.set_parsed_query(document);
    request.data.insert(checked.clone());
    Ok(checked)
}

impl Executor {
    pub fn new(db: Db, config: Arc<Config>, live: Arc<Live>) -> Self {
        LazyLock::force(&TYPES);
        Executor { schema: super::build(&config), db, config, live, events: EncodedEvents::default() }
    }

    /// Whether a request is executed at all. What its caller may do is the services' business.
    fn admit(
        &self,
        request: &mut Request,
        connection: Option<&Data>,
    ) -> Result<(Admitted, Batches), ServerError> {
        let checked = checked(request)?;
        let caller = data::<Caller>(&request.data).or_else(|| connection.and_then(data::<Caller>)).cloned();
        let caller = caller.ok_or_else(|| {
            Error::from(Fault::new("a request without its caller")).into_server_error(Default::default())
        })?;
        let anonymous = caller.identity.is_none();
        if anonymous {
            checked.anonymous.check(self.config.introspection)?;
        }
        if let Some(audience) = self.audience(request, &checked, &caller) {
            request.data.insert(Arc::new(audience));
        }
        let discreet = anonymous && self.config.introspection == Introspection::SignedIn;
        let (context, batches) =
            RequestContext::new(self.db.clone(), self.config.clone(), self.live.clone(), caller);
        request.data.insert(context);
        Ok((Admitted { checked, discreet }, batches))
    }

    /// Of a subscription whose events are the same for others.
    fn audience(&self, request: &mut Request, checked: &Arc<Checked>, caller: &Caller) -> Option<Audience> {
        let identity = caller.identity.as_ref().filter(|_| checked.kind == OperationType::Subscription)?;
        let document = request.parsed_query().ok()?.clone();
        let operation = chosen(&document, request.operation_name.as_deref())?;
        let checked = checked.clone();
        let order = move |name: &str, value: &mut Value| checked.selected.complete_field(name, value);
        audience::of((&document, operation), request, identity, &self.events, order)
    }

    async fn run(self, admitted: Admitted, batches: Batches, request: Request) -> Response {
        let execution = batches.run(self.schema.execute(request));
        if admitted.checked.kind != OperationType::Query {
            // What changes something is not cut short.
            return admitted.finish(execution.await);
        }
        match timeout(self.config.query_time.unwrap_or(limits::QUERY_TIME), execution).await {
            // What is missing of it would look as if it were not there.
            Ok(response) if response.errors.iter().any(is_too_much) => {
                Response::from_errors(vec![LimitError::Texts.into()])
            }
            Ok(response) => admitted.finish(response),
            Err(_) => Response::from_errors(vec![LimitError::Time.into()]),
        }
    }
}

impl async_graphql::Executor for Executor {
    async fn execute(&self, mut request: Request) -> Response {
        match self.admit(&mut request, None) {
            Ok((admitted, batches)) => self.clone().run(admitted, batches, request).await,
            Err(error) => Response::from_errors(vec![error]),
        }
    }

    fn execute_stream(
        &self,
        mut request: Request,
        connection: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        match self.admit(&mut request, connection.as_deref()) {
            Ok((admitted, batches)) if admitted.checked.kind == OperationType::Subscription => {
                let responses =
                    self.schema.execute_stream_with_session_data(request, connection.unwrap_or_default());
                batches.run_stream(responses).map(move |response| admitted.finish(response)).boxed()
            }
            Ok((admitted, batches)) => stream::once(self.clone().run(admitted, batches, request)).boxed(),
            Err(error) => stream::iter([Response::from_errors(vec![error])]).boxed(),
        }
    }
}

/// A request that is executed.
struct Admitted {
    checked: Arc<Checked>,
    /// Whoever is not signed in learns no name of the schema from an error.
    discreet: bool,
}

impl Admitted {
    fn finish(&self, mut response: Response) -> Response {
        self.checked.selected.complete(&mut response);
        response.errors = response.errors.into_iter().map(|error| self.translate(error)).collect();
        response
    }

    /// Gives the library's errors a code.
    fn translate(&self, mut error: ServerError) -> ServerError {
        if error.extensions.as_ref().is_some_and(|values| values.get("code").is_some()) {
            return error;
        }
        if let Some(limit) = LimitError::of_message(&error.message) {
            return ServerError { path: error.path, ..limit.into() };
        }
        if self.discreet {
            error.message = "この問い合わせはできません。項目の名前と値を確かめてください。".to_owned();
        }
        let code = if error.path.is_empty() { "VALIDATION" } else { "BAD_USER_INPUT" };
        with_code(error, code)
    }
}

fn is_too_much(error: &ServerError) -> bool {
    LimitError::of_message(&error.message) == Some(LimitError::Texts)
}

fn data<T: 'static>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>())?.downcast_ref()
}

fn with_code(mut error: ServerError, code: &str) -> ServerError {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}

fn values(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// The operation that would run.
pub fn chosen<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Option<&'d OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(single), None) => Some(single),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(several), Some(name)) => several.get(name),
        (DocumentOperations::Multiple(several), None) if several.len() == 1 => several.values().next(),
        (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| &operation.node)
}

fn most(document: &ExecutableDocument) -> OperationType {
    let has =
        |kind: &OperationType| document.operations.iter().any(|(_, operation)| operation.node.ty == *kind);
    let kinds = [OperationType::Mutation, OperationType::Subscription];
    kinds.into_iter().find(has).unwrap_or(OperationType::Query)
}

/// Variables that are not given have their default, also where the library does not look for it: in `@include` and
/// `@skip`.
fn insert_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        if let Some(default) = &definition.node.default_value {
            variables.entry(definition.node.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
}
