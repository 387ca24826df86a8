//! What signals lack that many of them need.

use leptos::prelude::*;

/// Sets a signal only to what it is not yet, so that nothing runs for a value that stays.
pub trait SetIfNew<T> {
    fn set_if_new(&self, value: T);
}

impl<S, T> SetIfNew<T> for S
where
    S: Update<Value = T>,
    T: PartialEq,
{
    fn set_if_new(&self, value: T) {
        self.maybe_update(|old| {
            let new = *old != value;
            if new {
                *old = value;
            }
            new
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_where_it_differs() {
        let value = ArcRwSignal::new(vec![1]);
        value.set_if_new(vec![1, 2]);
        assert_eq!(value.get_untracked(), [1, 2]);
        value.set_if_new(Vec::new());
        assert!(value.with_untracked(Vec::is_empty));
    }
}
