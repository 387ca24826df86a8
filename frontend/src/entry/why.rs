//! Who may write where, and why not: the domain's table, told about this sheet.

use super::place::{Side, place};
use crate::{
    session::{self, Viewer},
    sheet::{focus, model::Column, page::Page, store::Head},
    sync::outbox,
    text::{history as words, sheet as text},
    ui::dom,
};
use leptos::{html::P, prelude::*};
use renkei_domain::{Act, Actor, Denied, EntryId, OrganizationId, Owner, permission};

/// Why something is not allowed, beside what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The `id` of an element.
    pub anchor: String,
    pub text: String,
}

/// Why the viewer may not write entries of this owner in a column; none: they may.
pub fn objection(head: &Head, viewer: Option<&Viewer>, column: &Column, owner: Owner) -> Option<String> {
    if head.frozen {
        return Some(words::FROZEN.to_owned());
    }
    let governing = column.facet.governing_year(column.fiscal_year);
    if governing != head.year {
        return Some(text::governed_elsewhere(governing));
    }
    let role = viewer.and_then(|viewer| viewer.role_in(head.region.id));
    let (Some(viewer), Some(role)) = (viewer, role) else { return Some(text::NO_MEMBER.to_owned()) };
    let organization = viewer.organization.id;
    let actor = Actor { organization, role: Some(role), secretariat: organization == head.secretariat };
    let denied = permission::check(&actor, Act::Edit(owner), head.phase).err()?;
    let mut reason = denied.to_string();
    if let (Denied::OtherOrganization, Owner::Organization(owner)) = (denied, owner)
        && let Some(owner) = head.organization(owner)
    {
        reason += &text::who_may(&owner.name);
    }
    Some(reason)
}

/// Why the viewer may not change an entry; the server's word stands before the table's.
pub fn objection_to(page: Page, id: EntryId) -> Option<String> {
    let entry = page.entry(id)?;
    if outbox::last_of(id).is_some_and(|op| op.deletes()) {
        return Some(text::DELETION_WAITS.to_owned());
    }
    if entry.viewer_can_edit {
        return None;
    }
    let state = page.state(id)?;
    let head = page.head_now()?;
    let column = &head.columns[head.place(state.cell.get_value()).1];
    let reason = objection(&head, session::viewer().as_ref(), column, entry.owner.into());
    Some(reason.unwrap_or_else(|| text::CANNOT_EDIT.to_owned()))
}

/// Why the viewer may add nothing to a cell; none: they may.
pub fn objection_to_cell(head: &Head, cell: usize) -> Option<String> {
    if head.editable[cell] {
        return None;
    }
    let column = &head.columns[head.place(cell).1];
    let reason = objection(head, session::viewer().as_ref(), column, Owner::Joint);
    Some(reason.unwrap_or_else(|| text::CANNOT_EDIT.to_owned()))
}

/// Those to whom the viewer may give an entry of this cell: joint first, then the organisations.
pub fn owners(head: &Head, viewer: Option<&Viewer>, cell: usize) -> Vec<Option<OrganizationId>> {
    let column = &head.columns[head.place(cell).1];
    let organizations = head.region.organizations.iter().map(|organization| Some(organization.id));
    std::iter::once(None)
        .chain(organizations)
        .filter(|owner| objection(head, viewer, column, (*owner).into()).is_none())
        .collect()
}

/// What an owner is called.
pub fn owner_name(head: &Head, owner: Option<OrganizationId>) -> &str {
    owner.map_or(text::JOINT, |owner| {
        head.organization(owner).map_or("", |organization| organization.name.as_str())
    })
}

/// The note beside what may not be written. It leaves when the focus or the pointer turns to something else.
#[component]
pub fn WhyNote(page: Page) -> impl IntoView {
    let note = NodeRef::<P>::new();
    Effect::new(move |_| {
        let (Some(Why { anchor, .. }), Some(note)) = (page.why.get(), note.get()) else { return };
        dom::after_render(move || {
            if let Some(anchor) = focus::by_id(&anchor) {
                place(&note, &anchor, Side::Below);
            }
        });
    });
    move || {
        page.why.get().map(|Why { text, .. }| {
            view! {
                <p node_ref=note class="why">
                    {text}
                </p>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{session, sheet::model};
    use renkei_domain::{Facet, FiscalYear, OrganizationKind, Phase, Role};

    fn organization(n: u128, name: &str) -> session::Organization {
        session::Organization {
            id: uuid::Uuid::from_u128(n).into(),
            kind: Some(OrganizationKind::Municipality),
            name: name.to_owned(),
            short_name: name.to_owned(),
        }
    }

    fn head(phase: Phase) -> Head {
        let region = model::Region {
            id: uuid::Uuid::from_u128(9).into(),
            name: "本庄市児玉郡".to_owned(),
            organizations: vec![
                organization(1, "在宅医療連携拠点"),
                organization(2, "本庄市"),
                organization(3, "美里町"),
            ],
            handouts: Vec::new(),
            sheets: Vec::new(),
        };
        Head {
            id: uuid::Uuid::from_u128(8).into(),
            region,
            year: FiscalYear(2026),
            title: String::new(),
            item_heading: String::new(),
            item_footnote: None,
            phase,
            secretariat: uuid::Uuid::from_u128(1).into(),
            columns: vec![column(Facet::Status, 2025), column(Facet::Plan, 2027)],
            items: Vec::new(),
            editable: Vec::new(),
            frozen: false,
        }
    }

    fn column(facet: Facet, year: i32) -> Column {
        let heading = facet.name().to_owned();
        Column { facet, fiscal_year: FiscalYear(year), heading, as_of: None, footnote: None }
    }

    fn viewer(organization: session::Organization, role: Option<Role>) -> Viewer {
        let region = session::RegionName { id: uuid::Uuid::from_u128(9).into(), name: String::new() };
        Viewer {
            id: uuid::Uuid::from_u128(7).into(),
            login: String::new(),
            name: String::new(),
            operator: false,
            organization,
            memberships: role
                .into_iter()
                .map(|role| session::Membership { role, region: region.clone() })
                .collect(),
        }
    }

    #[test]
    fn a_town_writes_its_own_and_the_joint_text() {
        let head = head(Phase::Draft);
        let honjo = viewer(organization(2, "本庄市"), Some(Role::Editor));
        let names: Vec<&str> =
            owners(&head, Some(&honjo), 0).into_iter().map(|owner| owner_name(&head, owner)).collect();
        assert_eq!(names, ["共同", "本庄市"]);
        let misato = Owner::Organization(uuid::Uuid::from_u128(3).into());
        assert_eq!(
            objection(&head, Some(&honjo), &head.columns[0], misato).as_deref(),
            Some("ほかの機関の取組は編集できません。編集できるのは美里町と事務局です。")
        );
    }

    #[test]
    fn the_secretariat_writes_everything_until_it_is_fixed() {
        let hub = viewer(organization(1, "在宅医療連携拠点"), Some(Role::Editor));
        assert_eq!(owners(&head(Phase::Review), Some(&hub), 0).len(), 4);
        assert!(owners(&head(Phase::Fixed), Some(&hub), 0).is_empty());
    }

    #[test]
    fn strangers_and_other_years_are_told_why() {
        let head = head(Phase::Draft);
        let operator = viewer(organization(1, "在宅医療連携拠点"), None);
        assert_eq!(
            objection(&head, Some(&operator), &head.columns[0], Owner::Joint).as_deref(),
            Some(text::NO_MEMBER)
        );
        let hub = viewer(organization(1, "在宅医療連携拠点"), Some(Role::Editor));
        assert_eq!(
            objection(&head, Some(&hub), &head.columns[1], Owner::Joint),
            Some(text::governed_elsewhere(FiscalYear(2027)))
        );
    }
}
