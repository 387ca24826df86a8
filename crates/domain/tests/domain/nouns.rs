//! Facets, phases, roles, kinds of organisations, scopes of tokens, identities.

use proptest::prelude::*;
use renkei_domain::{EntryId, Facet, FiscalYear, OrganizationKind, Phase, Role, TokenScope, sheet};

#[test]
fn codes_are_read_again_and_are_those_of_json() {
    fn check<T: serde::Serialize + PartialEq + std::fmt::Debug>(
        all: &[T],
        code: impl Fn(&T) -> &'static str,
        from_code: impl Fn(&str) -> Option<T>,
    ) {
        for one in all {
            assert_eq!(from_code(code(one)).as_ref(), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), code(one));
        }
        assert_eq!(from_code("NONE"), None);
    }
    check(&Facet::ALL, |facet| facet.code(), Facet::from_code);
    check(&Phase::ALL, |phase| phase.code(), Phase::from_code);
    check(&Role::ALL, |role| role.code(), Role::from_code);
    check(&OrganizationKind::ALL, |kind| kind.code(), OrganizationKind::from_code);
    check(&TokenScope::ALL, |scope| scope.code(), TokenScope::from_code);
}

#[test]
fn a_sheet_looks_back_and_ahead() {
    for (facet, offset) in [(Facet::Status, -1), (Facet::Evaluation, -1), (Facet::Goal, 0), (Facet::Plan, 0)]
    {
        assert_eq!(facet.year_offset(), offset);
    }
    assert_eq!(sheet::default_title(FiscalYear(2026)), "令和8年度 計画・評価表");
}

proptest! {
    /// What sheet Y reports in a facet is governed by sheet Y, and by no other.
    #[test]
    fn a_cell_has_one_governing_sheet(year in 1868..2117_i32, other in 1868..2117_i32, facet in prop::sample::select(&Facet::ALL[..])) {
        let reported = FiscalYear(year + facet.year_offset());
        prop_assert_eq!(facet.governing_year(reported), FiscalYear(year));
        prop_assert_eq!(facet.governing_year(FiscalYear(other)) == FiscalYear(year), FiscalYear(other) == reported);
    }

    #[test]
    fn an_identity_is_read_as_it_is_printed(bits in any::<u128>()) {
        let id = EntryId(uuid::Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse::<EntryId>(), Ok(id));
        prop_assert_eq!(serde_json::to_value(id).unwrap(), id.to_string());
    }
}
