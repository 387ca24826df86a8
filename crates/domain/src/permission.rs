//! Who may do what: one table, by organisation × owner × phase. The server decides with it, the screen explains with it.

use crate::{OrganizationId, Phase, Role};

/// Somebody acting in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub organization: OrganizationId,
    /// None: they read it as the installation's operator, and do nothing else there.
    pub role: Option<Role>,
    /// The sheet's secretariat is the actor's organisation.
    pub secretariat: bool,
}

/// To whom an entry belongs (主体): an organisation, or all of them (共同).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Joint,
    Organization(OrganizationId),
}

impl From<Option<OrganizationId>> for Owner {
    fn from(owner: Option<OrganizationId>) -> Self {
        owner.map_or(Owner::Joint, Owner::Organization)
    }
}

/// What somebody wants to do to a part of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Read,
    Comment,
    Edit(Owner),
    /// Freeze the sheet as it is laid before a meeting (提出版).
    Snapshot,
    /// Begin the sheet of a year that has none.
    OpenYear,
    /// Accounts, organisations, items, columns, handouts of the region.
    Administer,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Operators read every region, and no more where they hold no role.
    #[error("この圏域での役割がないため、閲覧だけができます。")]
    NoRole,
    /// Viewers read and comment.
    #[error("閲覧者は編集できません。")]
    Viewer,
    /// The entry belongs to another organisation.
    #[error("ほかの機関の取組は編集できません。")]
    OtherOrganization,
    /// Only the region's administrators do that.
    #[error("圏域の管理者だけが行えます。")]
    NotAdmin,
    /// Only the secretariat's approvers do that.
    #[error("事務局の承認者だけが行えます。")]
    NotSecretariat,
    /// In this phase only the secretariat edits.
    #[error("確認中の表は、事務局だけが編集できます。")]
    Review,
    /// A fixed sheet is read.
    #[error("確定した表は編集できません。")]
    Fixed,
}

impl Denied {
    /// A matter of the phase: it would be allowed in another one.
    pub fn by_phase(self) -> bool {
        matches!(self, Denied::Review | Denied::Fixed)
    }
}

/// The table. A missing right is told before a wrong phase.
///
/// | | DRAFT | REVIEW | FIXED |
/// |---|---|---|---|
/// | editor, own and joint entries | edit | comment | read |
/// | editor, another's entries | comment | comment | read |
/// | secretariat's editor | edit | edit | read |
/// | viewer | comment | comment | read |
/// | secretariat's approver | snapshot, next year | snapshot, next year | snapshot, next year |
/// | admin of the region | administer | administer | administer |
/// | an operator without a role | read | read | read |
pub fn check(actor: &Actor, act: Act, phase: Phase) -> Result<(), Denied> {
    match (act, phase) {
        (Act::Read, _) => Ok(()),
        _ if actor.role.is_none() => Err(Denied::NoRole),
        (Act::Comment, Phase::Draft | Phase::Review) => Ok(()),
        (Act::Comment, Phase::Fixed) => Err(Denied::Fixed),
        (Act::Administer, _) if actor.role >= Some(Role::Admin) => Ok(()),
        (Act::Administer, _) => Err(Denied::NotAdmin),
        (Act::Snapshot | Act::OpenYear, _) if actor.role >= Some(Role::Approver) && actor.secretariat => {
            Ok(())
        }
        (Act::Snapshot | Act::OpenYear, _) => Err(Denied::NotSecretariat),
        (Act::Edit(_), _) if actor.role < Some(Role::Editor) => Err(Denied::Viewer),
        (Act::Edit(Owner::Organization(owner)), _) if owner != actor.organization && !actor.secretariat => {
            Err(Denied::OtherOrganization)
        }
        (Act::Edit(_), Phase::Draft) => Ok(()),
        (Act::Edit(_), Phase::Review) if actor.secretariat => Ok(()),
        (Act::Edit(_), Phase::Review) => Err(Denied::Review),
        (Act::Edit(_), Phase::Fixed) => Err(Denied::Fixed),
    }
}
