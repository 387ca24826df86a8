//! What an answer says where a field has failed: null in its place or, where the schema allows none there, in the place
//! of the nearest thing round it that may be null. The library would leave the field out; and where of an object
//! nothing is asked, because no fragment is about it, the library would say null.

use async_graphql::{
    Name, QueryPathNode, Response, ServerError, ServerResult, Value, extensions::ResolveInfo,
};
use std::{
    collections::HashSet,
    mem::take,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

/// The failures of one request.
#[derive(Default)]
pub struct Nulls {
    /// Whether there are any: what nearly every field of every request asks.
    any: AtomicBool,
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    errors: Vec<ServerError>,
    /// What cannot be there any more because of something in it.
    broken: HashSet<Place>,
    nulls: Vec<Place>,
}

/// Names and positions in lists, from the root on.
type Place = Vec<String>;

/// A field, or an item of a list.
pub struct Field<'a> {
    path: &'a QueryPathNode<'a>,
    nullable: bool,
}

impl<'a> From<&ResolveInfo<'a>> for Field<'a> {
    fn from(info: &ResolveInfo<'a>) -> Self {
        Field { path: info.path_node, nullable: !info.return_type.ends_with('!') }
    }
}

impl Field<'_> {
    /// What cannot be null is an object of which nothing was asked.
    fn filled(&self, value: Option<Value>) -> Option<Value> {
        match value {
            None | Some(Value::Null) if !self.nullable => Some(nothing_asked()),
            value => value,
        }
    }
}

impl Nulls {
    /// What a field has become, once all that is in it has.
    pub fn settle(
        &self,
        field: &Field<'_>,
        resolved: ServerResult<Option<Value>>,
    ) -> ServerResult<Option<Value>> {
        let resolved = match resolved {
            Ok(value) if !self.any.load(Relaxed) => return Ok(field.filled(value)),
            resolved => resolved,
        };
        let mut place = field.path.to_string_vec();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match resolved {
            Ok(value) if !failures.broken.remove(&place) => return Ok(field.filled(value)),
            Ok(_) => {}
            Err(error) => failures.errors.push(coded(error)),
        }
        self.any.store(true, Relaxed);
        if field.nullable {
            failures.nulls.push(place);
        } else {
            place.pop();
            failures.broken.insert(place);
        }
        Ok(Some(Value::Null))
    }

    /// Puts the nulls and the errors into the answer.
    pub fn mark(&self, response: &mut Response) {
        if !self.any.swap(false, Relaxed) {
            if response.data == Value::Null && response.errors.is_empty() {
                response.data = nothing_asked();
            }
            return;
        }
        let failures = take(&mut *self.failures.lock().unwrap_or_else(PoisonError::into_inner));
        for place in &failures.nulls {
            clear(&mut response.data, place);
        }
        // What is broken and in nothing else is the answer.
        if !failures.broken.is_empty() {
            response.data = Value::Null;
        }
        response.errors.extend(failures.errors);
    }
}

fn nothing_asked() -> Value {
    Value::Object(Default::default())
}

fn clear(value: &mut Value, place: &[String]) {
    let Some((step, rest)) = place.split_first() else {
        *value = Value::Null;
        return;
    };
    let inner = match value {
        Value::Object(fields) => fields.get_mut(&Name::new(step)),
        Value::List(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
        _ => None,
    };
    if let Some(inner) = inner {
        clear(inner, rest);
    }
}

/// Faults and refusals of arguments say what they are. What the library itself refuses in the middle of an answer is a
/// value that no such type has.
fn coded(mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", "BAD_USER_INPUT");
    }
    error
}
