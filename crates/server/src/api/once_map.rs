//! A map whose values are loaded once, however many ask for them at the same time.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use tokio::sync::OnceCell;

pub struct OnceMap<K, V>(Mutex<HashMap<K, Arc<OnceCell<V>>>>);

impl<K, V> Default for OnceMap<K, V> {
    fn default() -> Self {
        OnceMap(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> OnceMap<K, V> {
    pub async fn get_or_try_init<F, E>(&self, key: K, load: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let cell = self.0.lock().entry(key).or_default().clone();
        cell.get_or_try_init(load).await.cloned()
    }

    /// A value that was loaded with something else. One that is there already stays.
    pub fn insert(&self, key: K, value: V) {
        self.0.lock().entry(key).or_insert_with(|| Arc::new(OnceCell::new_with(Some(value))));
    }
}
