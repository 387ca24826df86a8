//! What pages are made of: elements that are made once and kept current by signals.
//!
//! Effects and their owners are Leptos', and what they follow is a signal. An element is an element,
//! and what keeps it current is a closure in a box.
//!
//! ```text
//! let count = RwSignal::new(0);
//! el("p").class("count").child("件数：").child(live_text(move || count.get().to_string()))
//!     .child(el("button").attr("type", "button").on("click", move |_: Event| count.update(|n| *n += 1)).child("＋"))
//! ```
//!
//! Whatever is made while an effect runs belongs to that run and ends with the next: so a [`live`] part's signals,
//! effects and parts within go when it is made anew.

use crate::ui::dom;
use leptos::prelude::*;
use leptos::tachys::{
    html::attribute::any_attribute::AnyAttribute,
    hydration::Cursor,
    no_attrs,
    view::{Position, PositionState},
};
use send_wrapper::SendWrapper;
use std::{cell::RefCell, collections::HashMap, hash::Hash};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, Node};

/// An element in the making; a handle that can be kept and cloned.
#[derive(Clone, Debug)]
pub struct El(Element);

/// A new element.
pub fn el(tag: &str) -> El {
    // Fails only for a name that no tag can have.
    El(dom::document().create_element(tag).expect("a tag's name"))
}

impl El {
    pub fn class(self, names: &str) -> Self {
        self.0.set_class_name(names);
        self
    }

    pub fn attr(self, name: &str, value: impl Value) -> Self {
        value.set(&self.0, name);
        self
    }

    /// An attribute that follows signals.
    pub fn live_attr<V: Value>(self, name: &'static str, value: impl Fn() -> V + 'static) -> Self {
        let element = self.0.clone();
        effect(move || value().set(&element, name));
        self
    }

    /// A class that comes and goes with signals.
    pub fn live_class(self, name: &'static str, there: impl Fn() -> bool + 'static) -> Self {
        let classes = self.0.class_list();
        effect(move || {
            let _ = classes.toggle_with_force(name, there());
        });
        self
    }

    /// A property that follows signals, such as an input's `value`.
    pub fn live_prop<V: Into<JsValue>>(self, name: &'static str, value: impl Fn() -> V + 'static) -> Self {
        let element = self.0.clone();
        effect(move || set_property(&element, name, &value().into()));
        self
    }

    /// A property of the element's style. Not by attribute, which the server's policy lets no page set.
    pub fn style(self, name: &str, value: &str) -> Self {
        set_style(&self.0, name, value);
        self
    }

    pub fn live_style(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        effect(move || set_style(&element, name, &value()));
        self
    }

    pub fn child(self, piece: impl Piece) -> Self {
        piece.add_to(&self.0);
        self
    }

    pub fn on<E: JsCast + 'static>(self, event: &str, mut handle: impl FnMut(E) + 'static) -> Self {
        listen(&self.0, event, Box::new(move |event| handle(event.unchecked_into())));
        self
    }

    /// For what has no method here.
    pub fn element(&self) -> &Element {
        &self.0
    }

    /// As what it is: an input, a dialog.
    pub fn as_a<T: JsCast>(&self) -> &T {
        self.0.unchecked_ref()
    }
}

impl From<El> for Node {
    fn from(el: El) -> Self {
        el.0.into()
    }
}

/// What an attribute can be set to: a text; true (there) and false (not there); perhaps something.
pub trait Value {
    fn set(self, element: &Element, name: &str);
}

impl Value for &str {
    fn set(self, element: &Element, name: &str) {
        // Fails only for a name that no attribute can have.
        let _ = element.set_attribute(name, self);
    }
}

impl Value for String {
    fn set(self, element: &Element, name: &str) {
        self.as_str().set(element, name);
    }
}

impl Value for usize {
    fn set(self, element: &Element, name: &str) {
        self.to_string().set(element, name);
    }
}

impl Value for bool {
    fn set(self, element: &Element, name: &str) {
        self.then_some("").set(element, name);
    }
}

impl<V: Value> Value for Option<V> {
    fn set(self, element: &Element, name: &str) {
        match self {
            Some(value) => value.set(element, name),
            None => {
                let _ = element.remove_attribute(name);
            }
        }
    }
}

/// What can stand in an element: elements, texts, nothing, several.
pub trait Piece {
    fn add_to(self, parent: &Node);
}

impl Piece for Node {
    fn add_to(self, parent: &Node) {
        // Fails only for a parent that takes no children.
        let _ = parent.append_child(&self);
    }
}

impl Piece for El {
    fn add_to(self, parent: &Node) {
        Node::from(self.0).add_to(parent);
    }
}

impl Piece for &str {
    fn add_to(self, parent: &Node) {
        text_node(self).add_to(parent);
    }
}

impl Piece for String {
    fn add_to(self, parent: &Node) {
        self.as_str().add_to(parent);
    }
}

impl Piece for () {
    fn add_to(self, _: &Node) {}
}

impl<P: Piece> Piece for Option<P> {
    fn add_to(self, parent: &Node) {
        if let Some(piece) = self {
            piece.add_to(parent);
        }
    }
}

impl<P: Piece> Piece for Vec<P> {
    fn add_to(self, parent: &Node) {
        for piece in self {
            piece.add_to(parent);
        }
    }
}

impl<P: Piece, const N: usize> Piece for [P; N] {
    fn add_to(self, parent: &Node) {
        for piece in self {
            piece.add_to(parent);
        }
    }
}

impl<A: Piece, B: Piece> Piece for (A, B) {
    fn add_to(self, parent: &Node) {
        self.0.add_to(parent);
        self.1.add_to(parent);
    }
}

impl<A: Piece, B: Piece, C: Piece> Piece for (A, B, C) {
    fn add_to(self, parent: &Node) {
        ((self.0, self.1), self.2).add_to(parent);
    }
}

/// A Leptos view as a piece of an element that is made here.
pub struct Component<V>(pub V);

impl<V: IntoView + 'static> Piece for Component<V> {
    fn add_to(self, parent: &Node) {
        let mut state = self.0.into_view().build();
        state.mount(parent.unchecked_ref(), None);
        // What keeps it current ends with whoever is being made.
        StoredValue::new_local(state);
    }
}

/// The same by itself.
pub fn node(view: impl IntoView + 'static) -> Node {
    part(Component(view))
}

/// A piece by itself.
pub fn part(piece: impl Piece) -> Node {
    let part = fragment();
    piece.add_to(&part);
    part
}

impl El {
    /// An element that is made here as a piece of a Leptos view.
    pub fn in_view(self) -> InView {
        in_view(self.0.into())
    }
}

/// A [`live`] part, an element or a text as a piece of a Leptos view.
pub fn in_view(node: Node) -> InView {
    InView(SendWrapper::new(node))
}

/// See [`in_view`].
pub struct InView(SendWrapper<Node>);

/// What stands in the page: everything from the first node to the last one, in which the parts between may change.
pub struct InViewState {
    first: Node,
    last: Node,
}

impl InViewState {
    fn nodes(&self) -> Vec<Node> {
        let next = |node: &Node| if *node == self.last { None } else { node.next_sibling() };
        std::iter::successors(Some(self.first.clone()), next).collect()
    }
}

impl Mountable for InViewState {
    fn unmount(&mut self) {
        for node in self.nodes() {
            remove(&node);
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for node in self.nodes() {
            // Fails for no element that stands in the page.
            let _ = parent.insert_before(&node, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.first.parent_node();
        if let Some(parent) = &parent {
            child.mount(parent.unchecked_ref(), Some(&self.first));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<Element> {
        self.nodes().into_iter().filter_map(|node| node.dyn_into().ok()).collect()
    }
}

impl Render for InView {
    type State = InViewState;

    fn build(self) -> InViewState {
        let node = self.0.take();
        let ends = (node.first_child(), node.last_child());
        match ends {
            (Some(first), Some(last)) if node.node_type() == Node::DOCUMENT_FRAGMENT_NODE => {
                InViewState { first, last }
            }
            _ => InViewState { first: node.clone(), last: node },
        }
    }

    fn rebuild(self, state: &mut InViewState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

no_attrs!(InView);

impl RenderHtml for InView {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> InViewState {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// A text that follows signals.
pub fn live_text<T: AsRef<str>>(text: impl Fn() -> T + 'static) -> Node {
    let node = text_node("");
    let kept = node.clone();
    effect(move || kept.set_text_content(Some(text().as_ref())));
    node
}

/// A part that is made anew whenever a signal that its making reads has changed. What somebody types into does not
/// belong into one: it would be another element then.
pub fn live<P: Piece>(make: impl Fn() -> P + 'static) -> Node {
    live_part(Box::new(move |parent| make().add_to(parent)))
}

fn live_part(make: Box<dyn Fn(&Node)>) -> Node {
    let (part, start, end) = (fragment(), text_node(""), text_node(""));
    start.clone().add_to(&part);
    end.clone().add_to(&part);
    effect(move || {
        while let Some(old) = start.next_sibling().filter(|node| *node != end) {
            remove(&old);
        }
        let new = fragment();
        make(&new);
        insert_before(&new, &end);
    });
    part
}

/// A part for each key in their order; one that stays is moved, not made anew.
pub fn each<K, P>(keys: impl Fn() -> Vec<K> + 'static, make: impl Fn(&K) -> P + 'static) -> Node
where
    K: Clone + Eq + Hash + 'static,
    P: Into<El>,
{
    let (part, end) = (fragment(), text_node(""));
    end.clone().add_to(&part);
    let outer = Owner::current();
    let rows: RefCell<HashMap<K, Row>> = RefCell::default();
    effect(move || {
        let mut old = rows.take();
        let mut new = HashMap::with_capacity(old.len());
        let mut next = end.clone();
        for key in keys().into_iter().rev() {
            let row = old.remove(&key).unwrap_or_else(|| Row::new(outer.as_ref(), || make(&key).into()));
            row.stand_before(&next);
            next = row.node.clone();
            new.insert(key, row);
        }
        for row in old.into_values() {
            remove(&row.node);
            row.owner.cleanup();
        }
        rows.replace(new);
    });
    part
}

/// One of [`each`]'s parts. Its effects live as long as it, not only until the next change of the keys.
struct Row {
    node: Node,
    owner: Owner,
}

impl Row {
    fn new(outer: Option<&Owner>, make: impl FnOnce() -> El) -> Self {
        let owner = outer.map_or_else(Owner::new, Owner::child);
        let node = owner.with(|| untrack(make)).0.into();
        Self { node, owner }
    }

    fn stand_before(&self, next: &Node) {
        if self.node.next_sibling().as_ref() != Some(next) {
            insert_before(&self.node, next);
        }
    }
}

/// Runs now and whenever a signal that it has read changes, until what it belongs to ends.
pub fn effect(run: impl FnMut() + 'static) {
    run_effect(Box::new(run));
}

fn run_effect(mut run: Box<dyn FnMut()>) {
    // Kept by whoever is being made, and dropped with it.
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| run()));
}

fn listen(element: &Element, event: &str, handle: Box<dyn FnMut(Event)>) {
    // The browser frees it with the element.
    let handle = Closure::wrap(handle).into_js_value();
    let _ = element.add_event_listener_with_callback(event, handle.unchecked_ref());
}

fn set_property(element: &Element, name: &str, value: &JsValue) {
    // Fails only for what is no object.
    let _ = js_sys::Reflect::set(element, &name.into(), value);
}

fn set_style(element: &Element, name: &str, value: &str) {
    let element: &web_sys::HtmlElement = element.unchecked_ref();
    // An unknown property is ignored by the browser.
    let _ = element.style().set_property(name, value);
}

/// A text by itself, where one of several kinds of pieces is a text.
pub fn text_node(text: &str) -> Node {
    dom::document().create_text_node(text).into()
}

fn fragment() -> Node {
    dom::document().create_document_fragment().into()
}

fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

fn insert_before(node: &Node, next: &Node) {
    if let Some(parent) = next.parent_node() {
        let _ = parent.insert_before(node, Some(next));
    }
}
