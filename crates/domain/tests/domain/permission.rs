//! The permission table, written out a second time and by hand.

use renkei_domain::permission::{Act, Actor, Denied, Owner, check};
use renkei_domain::{OrganizationId, Phase, Role};

const OWN: OrganizationId = OrganizationId(uuid::Uuid::from_u128(1));
const OTHER: OrganizationId = OrganizationId(uuid::Uuid::from_u128(2));

/// May edit (E), or why not: viewer (v), another's (o), review (r), fixed (f). Phases: DRAFT, REVIEW, FIXED.
#[rustfmt::skip]
const EDITING: &[(Role, &str, bool, &str)] = &[
    // role          owner    secretariat  D R F
    (Role::Viewer,   "own",   false,       "vvv"),
    (Role::Viewer,   "joint", false,       "vvv"),
    (Role::Viewer,   "other", false,       "vvv"),
    (Role::Viewer,   "own",   true,        "vvv"),
    (Role::Viewer,   "joint", true,        "vvv"),
    (Role::Viewer,   "other", true,        "vvv"),
    (Role::Editor,   "own",   false,       "Erf"),
    (Role::Editor,   "joint", false,       "Erf"),
    (Role::Editor,   "other", false,       "ooo"),
    (Role::Editor,   "own",   true,        "EEf"),
    (Role::Editor,   "joint", true,        "EEf"),
    (Role::Editor,   "other", true,        "EEf"),
    (Role::Approver, "own",   false,       "Erf"),
    (Role::Approver, "joint", false,       "Erf"),
    (Role::Approver, "other", false,       "ooo"),
    (Role::Approver, "own",   true,        "EEf"),
    (Role::Approver, "joint", true,        "EEf"),
    (Role::Approver, "other", true,        "EEf"),
    (Role::Admin,    "own",   false,       "Erf"),
    (Role::Admin,    "joint", false,       "Erf"),
    (Role::Admin,    "other", false,       "ooo"),
    (Role::Admin,    "own",   true,        "EEf"),
    (Role::Admin,    "joint", true,        "EEf"),
    (Role::Admin,    "other", true,        "EEf"),
];

#[test]
fn editing_is_as_the_table_says() {
    assert_eq!(EDITING.len(), Role::ALL.len() * 3 * 2);
    for (role, owner, secretariat, answers) in EDITING {
        let actor = Actor { organization: OWN, role: Some(*role), secretariat: *secretariat };
        let owner = match *owner {
            "own" => Owner::Organization(OWN),
            "joint" => Owner::Joint,
            _ => Owner::Organization(OTHER),
        };
        for (phase, answer) in Phase::ALL.into_iter().zip(answers.chars()) {
            let expected = match answer {
                'E' => Ok(()),
                'v' => Err(Denied::Viewer),
                'o' => Err(Denied::OtherOrganization),
                'r' => Err(Denied::Review),
                _ => Err(Denied::Fixed),
            };
            assert_eq!(check(&actor, Act::Edit(owner), phase), expected, "{actor:?} {owner:?} {phase:?}");
        }
    }
}

#[test]
fn all_read_and_comment_until_it_is_fixed_and_admins_administer_and_the_secretariat_freezes_always() {
    for role in Role::ALL {
        for secretariat in [false, true] {
            let actor = Actor { organization: OWN, role: Some(role), secretariat };
            for phase in Phase::ALL {
                assert_eq!(check(&actor, Act::Read, phase), Ok(()));
                let comment = if phase == Phase::Fixed { Err(Denied::Fixed) } else { Ok(()) };
                assert_eq!(check(&actor, Act::Comment, phase), comment);
                let administer = if role == Role::Admin { Ok(()) } else { Err(Denied::NotAdmin) };
                assert_eq!(check(&actor, Act::Administer, phase), administer);
                let freezes = secretariat && matches!(role, Role::Approver | Role::Admin);
                let snapshot = if freezes { Ok(()) } else { Err(Denied::NotSecretariat) };
                assert_eq!(check(&actor, Act::Snapshot, phase), snapshot);
                assert_eq!(check(&actor, Act::OpenYear, phase), snapshot);
            }
        }
    }
}

#[test]
fn who_holds_no_role_reads_and_does_nothing_else() {
    let owners = [Owner::Joint, Owner::Organization(OWN), Owner::Organization(OTHER)];
    let acts = [Act::Comment, Act::Administer, Act::Snapshot, Act::OpenYear]
        .into_iter()
        .chain(owners.map(Act::Edit));
    let actor = Actor { organization: OWN, role: None, secretariat: true };
    for (act, phase) in acts.flat_map(|act| Phase::ALL.map(|phase| (act, phase))) {
        assert_eq!(check(&actor, act, phase), Err(Denied::NoRole), "{act:?} {phase:?}");
        assert_eq!(check(&actor, Act::Read, phase), Ok(()));
    }
}

#[test]
fn a_higher_role_never_has_fewer_rights() {
    let owners = [Owner::Joint, Owner::Organization(OWN), Owner::Organization(OTHER)];
    let acts: Vec<Act> = [Act::Read, Act::Comment, Act::Administer, Act::Snapshot, Act::OpenYear]
        .into_iter()
        .chain(owners.map(Act::Edit))
        .collect();
    for roles in Role::ALL.windows(2) {
        for (act, phase) in acts.iter().flat_map(|act| Phase::ALL.map(|phase| (*act, phase))) {
            for secretariat in [false, true] {
                let may = |role| {
                    let actor = Actor { organization: OWN, role: Some(role), secretariat };
                    check(&actor, act, phase).is_ok()
                };
                assert!(!may(roles[0]) || may(roles[1]), "{roles:?} {act:?} {phase:?}");
            }
        }
    }
}

#[test]
fn a_refusal_by_phase_is_told_from_a_missing_right() {
    for (denied, by_phase) in [
        (Denied::NoRole, false),
        (Denied::Viewer, false),
        (Denied::OtherOrganization, false),
        (Denied::NotAdmin, false),
        (Denied::NotSecretariat, false),
        (Denied::Review, true),
        (Denied::Fixed, true),
    ] {
        assert_eq!(denied.by_phase(), by_phase);
        assert!(denied.to_string().ends_with('。'));
    }
}
