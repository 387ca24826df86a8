//! Events in JSON: resolved and encoded once for all subscribers who see the same.

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use bytes::Bytes;
use moka::future::Cache;
use renkei_domain::SheetId;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Bytes that are kept.
const BYTES: u64 = 2 << 20;
/// Subscribers hear of an event at nearly the same time; whoever comes later has it encoded anew.
const KEPT: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Clone)]
pub struct EncodedEvents(Cache<(AudienceKey, EventKey), Bytes>);

/// A hash of the document, and of what its sender may see and do.
pub type AudienceKey = [u8; 32];

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKey {
    /// A sheet's, of the change of this number.
    Change(SheetId, i64),
    /// Who has it open: a version of the list, and the one from which it differs.
    Presence(SheetId, u64, Option<u64>),
}

/// Puts the value of the field of this name into the order of the document.
pub type Order = Box<dyn Fn(&str, &mut Value) + Send + Sync>;

/// Those who are sent the same; in the data of a subscription for which there may be others.
pub struct Audience {
    pub key: AudienceKey,
    pub events: EncodedEvents,
    pub order: Order,
}

/// A value that is the same for a whole audience, if it has a key.
pub struct Shared<T> {
    pub value: T,
    pub key: Option<EventKey>,
}

impl Default for EncodedEvents {
    fn default() -> Self {
        let weigh = |_: &_, json: &Bytes| u32::try_from(json.len()).unwrap_or(u32::MAX);
        EncodedEvents(Cache::builder().weigher(weigh).max_capacity(BYTES).time_to_live(KEPT).build())
    }
}

/// In the schema it is what is shared. It resolves to its JSON, as bytes, or, where it has failed or is not shared, as usual.
impl<T: OutputType> OutputType for Shared<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.value.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let (Some(audience), Some(key)) = (ctx.data_opt::<Arc<Audience>>(), self.key) {
            let encode = async {
                let mut value = self.value.resolve(ctx, field).await.ok()?;
                (audience.order)(&field.node.response_key().node, &mut value);
                let whole = std::mem::take(&mut *ctx.query_env.errors.lock().ok()?).is_empty();
                serde_json::to_vec(&value).ok().filter(|_| whole).map(Bytes::from)
            };
            let encoded = audience.events.0.optionally_get_with((audience.key, key), encode).await;
            if let Some(json) = encoded {
                return Ok(Value::Binary(json));
            }
        }
        self.value.resolve(ctx, field).await
    }
}
