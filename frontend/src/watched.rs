//! A value that effects watch: a plain cell and Leptos' trigger beside it.
//!
//! Leptos' own signals bring code of their own for every type of value, and may go when what they were made in goes.
//! The sheet has two dozen types, and what is on its way to the server outlives the page.

use leptos::prelude::{ArcTrigger, Notify, Track};
use std::cell::RefCell;

pub struct Watched<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

impl<T> Watched<T> {
    pub fn new(value: T) -> Self {
        Self { value: RefCell::new(value), changed: ArcTrigger::new() }
    }

    /// For what stands as long as the page: a handle that is copied freely.
    pub fn forever(value: T) -> &'static Self {
        Box::leak(Box::new(Self::new(value)))
    }

    /// The effect that runs now runs again when the value changes.
    pub fn track(&self) {
        self.changed.track();
    }

    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(look)
    }

    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.borrow())
    }

    pub fn set(&self, value: T) {
        self.value.replace(value);
        self.changed.notify();
    }

    pub fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.changed.notify();
    }
}

impl<T: Clone> Watched<T> {
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// For one look.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: PartialEq> Watched<T> {
    /// Tells nobody if it is the same.
    pub fn set_if_new(&self, value: T) {
        if *self.value.borrow() != value {
            self.set(value);
        }
    }
}

impl<T: Default> Default for Watched<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_and_changed() {
        let value = Watched::new(vec![1]);
        value.update(|value| value.push(2));
        assert_eq!(value.get_untracked(), [1, 2]);
        value.set_if_new(vec![1, 2]);
        value.set(Vec::new());
        assert!(value.with_untracked(Vec::is_empty));
    }
}
