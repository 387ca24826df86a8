//! What signals lack that many of them need.

use crate::root;
use futures_util::task::AtomicWaker;
use leptos::prelude::*;
use std::{future::poll_fn, rc::Rc, sync::Arc, task::Poll};

/// Waits until it is so. Looks whenever a signal has changed that was read to tell.
pub async fn until(is_so: impl Fn() -> bool + 'static) {
    let (is_so, waker) = (Rc::new(is_so), Arc::new(AtomicWaker::new()));
    // It watches for as long as somebody waits.
    let watch = root::with(Owner::new);
    let (look, wake) = (is_so.clone(), waker.clone());
    watch.with(|| {
        Effect::new(move || {
            look();
            wake.wake();
        })
    });
    poll_fn(move |context| {
        waker.register(context.waker());
        if untrack(|| is_so()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

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
