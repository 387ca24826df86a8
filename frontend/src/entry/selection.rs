//! Entries that are selected together, and the bar of what can be done with all of them.

use super::{
    ActionOfMany, chosen,
    why::{owner_name, owners},
};
use crate::{
    clipboard::{CopyTarget, copy},
    session,
    sheet::{focus, page::Page, store::CellKey},
    shell,
    text::{clipboard, sheet as text},
    ui::{Menu, SetIfNew, dom, fresh_id, is_composing},
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, SceneSet};
use std::collections::HashSet;
use web_sys::KeyboardEvent;

/// Which entries are selected, in the order in which they were.
#[derive(Clone, Copy, Default)]
pub struct Selection {
    pub ids: RwSignal<Vec<EntryId>>,
    /// From which one a range goes.
    anchor: StoredValue<Option<EntryId>>,
}

impl Page {
    pub fn is_selecting(self) -> bool {
        self.selection.ids.with_untracked(|ids| !ids.is_empty())
    }

    /// Selects an entry beside the others, or no more.
    pub fn toggle_selected(self, id: EntryId) {
        if self.snapshot.is_some() {
            return;
        }
        self.selection.anchor.set_value(Some(id));
        self.selection.ids.update(|ids| {
            let before = ids.len();
            ids.retain(|other| *other != id);
            if ids.len() == before {
                ids.push(id);
            }
        });
        self.tell_selected();
    }

    /// Selects what lies between the entry of the last choice, or the one that has the focus, and this one.
    pub fn select_to(self, from: Option<EntryId>, id: EntryId) {
        if self.snapshot.is_some() {
            return;
        }
        let selection = self.selection;
        let anchor = selection.anchor.get_value().filter(|anchor| self.state(*anchor).is_some());
        let anchor = anchor.filter(|_| self.is_selecting()).or(from).unwrap_or(id);
        selection.anchor.set_value(Some(anchor));
        selection.ids.set_if_new(self.between(anchor, id));
        self.tell_selected();
    }

    pub fn clear_selection(self) {
        self.selection.anchor.set_value(None);
        self.selection.ids.set_if_new(Vec::new());
    }

    fn tell_selected(self) {
        shell::announce(text::selected(self.selection.ids.with_untracked(Vec::len)));
    }

    /// The shown entries from one to another: down a column, or of all cells between two columns.
    fn between(self, one: EntryId, other: EntryId) -> Vec<EntryId> {
        let cell = |id| self.state(id).map(|state| state.cell.get_value());
        let (Some(from), Some(to), Some(head)) = (cell(one), cell(other), self.head_now()) else {
            return vec![other];
        };
        let ((row, column), (to_row, to_column)) = (head.place(from), head.place(to));
        let columns = focus::shown_columns(self);
        let columns =
            columns.into_iter().filter(|at| (column.min(to_column)..=column.max(to_column)).contains(at));
        let columns: Vec<usize> = columns.collect();
        let rows = row.min(to_row)..=row.max(to_row);
        let cells = rows.flat_map(|row| columns.iter().map(move |column| (row, *column)));
        let all: Vec<EntryId> =
            cells.flat_map(|(row, column)| self.shown(head.number(row, column))).collect();
        if column != to_column {
            return all;
        }
        let at = |id| all.iter().position(|other| *other == id);
        match (at(one), at(other)) {
            (Some(one), Some(other)) => all[one.min(other)..=one.max(other)].to_vec(),
            _ => vec![other],
        }
    }
}

/// Marks what is selected, on its elements, as thousands need no effect for what few of them can be; what has gone or
/// is hidden is selected no more.
pub fn follow(page: Page) {
    Effect::new(move |_| {
        page.touched.track();
        page.filter.track();
        page.tally.track();
        let shown = |id: &EntryId| page.state(*id).is_some_and(|state| state.shown.get_untracked());
        let ids = page.selection.ids.get_untracked();
        if !ids.iter().all(shown) {
            page.selection.ids.update(|ids| ids.retain(shown));
        }
    });
    Effect::new(move |before: Option<HashSet<EntryId>>| {
        page.head.track();
        // What was moved to another cell is made anew there.
        page.touched.track();
        let now: HashSet<EntryId> = page.selection.ids.get().into_iter().collect();
        let before = before.unwrap_or_default();
        let (marked, left) = (now.clone(), before.difference(&now).copied().collect::<Vec<_>>());
        // A table that is made anew stands only then.
        dom::after_render(move || {
            for (id, selected) in
                left.into_iter().map(|id| (id, false)).chain(marked.into_iter().map(|id| (id, true)))
            {
                let Some(entry) = focus::by_id(&focus::entry_id(id)) else { continue };
                let _ = entry.class_list().toggle_with_force("selected", selected);
            }
            if let Some(grid) = dom::find("[role=grid]") {
                let _ = grid.class_list().toggle_with_force("selecting", page.is_selecting());
            }
        });
        now
    });
}

/// How many are selected, and what can be done with all of them.
#[component]
pub fn SelectionBar(page: Page) -> impl IntoView {
    let some = Memo::new(move |_| page.selection.ids.with(|ids| !ids.is_empty()));
    move || some.get().then(|| view! { <Bar page /> })
}

#[component]
fn Bar(page: Page) -> impl IntoView {
    let count = move || text::selected(page.selection.ids.with(Vec::len));
    let act = move |action: ActionOfMany| page.act_on_many(&page.selection.ids.get_untracked(), action);
    let done = move || {
        page.clear_selection();
        focus::settle(page);
    };
    let scene = move |add: bool, scene: CareScene| {
        let one = SceneSet::EMPTY.with(scene);
        let (add, remove) = if add { (one, SceneSet::EMPTY) } else { (SceneSet::EMPTY, one) };
        view! {
            <button
                type="button"
                data-scene=scene.code()
                on:click=move |_| act(ActionOfMany::Tag { add, remove })
            >
                {scene.name()}
            </button>
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        // A menu of the bar closes first.
        if event.key() == "Escape" && !event.default_prevented() && !is_composing(&event) {
            event.prevent_default();
            done();
        }
    };
    view! {
        <div class="selection-bar" role="toolbar" aria-label=text::SELECTED on:keydown=on_keydown>
            <strong role="status">{count}</strong>
            <Menu class="up" label=text::SCENES>
                <fieldset>
                    <legend>{text::ADD_SCENE}</legend>
                    {CareScene::ALL.map(|one| scene(true, one)).collect_view()}
                </fieldset>
                <fieldset>
                    <legend>{text::REMOVE_SCENE}</legend>
                    {CareScene::ALL.map(|one| scene(false, one)).collect_view()}
                </fieldset>
            </Menu>
            <Menu class="up" label=text::OWNER>
                {owner_choices(page)}
            </Menu>
            <Menu class="up" label=text::MOVE stays_open=true>
                <MoveTo page />
            </Menu>
            <button
                type="button"
                class="button"
                on:click=move |_| copy(page, CopyTarget::Entries(page.selection.ids.get_untracked()))
            >
                {clipboard::COPY}
            </button>
            <button type="button" class="button danger" on:click=move |_| act(ActionOfMany::Delete)>
                {text::DELETE}
            </button>
            <button type="button" class="link-button" on:click=move |_| done()>
                {text::CLEAR_SELECTION}
            </button>
        </div>
    }
}

/// Those to whom the viewer may give an entry of some cell that is selected.
fn owner_choices(page: Page) -> impl IntoView {
    let Some(head) = page.head_now() else { return ().into_any() };
    let cells: HashSet<usize> = page.selection.ids.with_untracked(|ids| {
        ids.iter().filter_map(|id| page.state(*id)).map(|state| state.cell.get_value()).collect()
    });
    let viewer = session::viewer();
    let mut choices = Vec::new();
    for cell in cells {
        for owner in owners(&head, viewer.as_ref(), cell) {
            if !choices.contains(&owner) {
                choices.push(owner);
            }
        }
    }
    choices
        .into_iter()
        .map(|owner| {
            let assign = move |_| {
                let ids = page.selection.ids.get_untracked();
                page.act_on_many(&ids, ActionOfMany::Assign(owner));
            };
            view! {
                <button type="button" on:click=assign>
                    {owner_name(&head, owner).to_owned()}
                </button>
            }
        })
        .collect_view()
        .into_any()
}

/// Which cell they go to: its item and its column.
#[component]
fn MoveTo(page: Page) -> impl IntoView {
    let Some(head) = page.head_now() else { return ().into_any() };
    let first = page.selection.ids.with_untracked(|ids| ids.first().copied());
    let place =
        first.and_then(|id| page.state(id)).map_or((0, 0), |state| head.place(state.cell.get_value()));
    let (row, column) = (RwSignal::new(place.0), RwSignal::new(place.1));
    let items = head.items.iter().enumerate().map(|(at, item)| {
        view! { <option selected=at == place.0>{format!("（{}）{}", item.code, item.title)}</option> }
    });
    let items = items.collect_view();
    let columns = head.columns.iter().enumerate().map(|(at, one)| {
        view! { <option selected=at == place.1>{one.heading.clone()}</option> }
    });
    let columns = columns.collect_view();
    let (item_id, column_id) = (fresh_id("move-item"), fresh_id("move-column"));
    let shift = move |_| {
        let number = head.number(row.get_untracked(), column.get_untracked());
        let to: Option<CellKey> = page.cell_key(number);
        if let Some(to) = to {
            page.act_on_many(&page.selection.ids.get_untracked(), ActionOfMany::Move(to));
        }
    };
    view! {
        <div class="move-to">
            <label for=item_id.clone()>{text::MOVE_ITEM}</label>
            <select id=item_id on:change=move |event| row.set(chosen(&event).unwrap_or(0))>
                {items}
            </select>
            <label for=column_id.clone()>{text::COLUMNS}</label>
            <select id=column_id on:change=move |event| column.set(chosen(&event).unwrap_or(0))>
                {columns}
            </select>
            <button type="button" class="button main" on:click=shift>
                {text::MOVE_HERE}
            </button>
        </div>
    }
    .into_any()
}
