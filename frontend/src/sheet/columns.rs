//! The columns' widths: the paper's proportions until somebody drags one, remembered from then on.

use renkei_domain::Facet;
use serde::{Deserialize, Serialize};

/// Pixels of the item column, as on paper.
pub const ITEM_PX: u32 = 148;
pub const MIN_PX: u32 = 96;
pub const MAX_PX: u32 = 900;
/// Pixels by which a key widens.
pub const STEP_PX: u32 = 16;

/// What a person set; columns that nobody touched share what is left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widths {
    item: Option<u32>,
    facets: Vec<(Facet, u32)>,
}

impl Widths {
    /// None: the item column.
    pub fn set(&mut self, facet: Option<Facet>, px: u32) {
        let px = px.clamp(MIN_PX, MAX_PX);
        match facet {
            None => self.item = Some(px),
            Some(facet) => {
                self.facets.retain(|(known, _)| *known != facet);
                self.facets.push((facet, px));
            }
        }
    }

    /// Back to the share that it has on paper.
    pub fn reset(&mut self, facet: Option<Facet>) {
        match facet {
            None => self.item = None,
            Some(facet) => self.facets.retain(|(known, _)| *known != facet),
        }
    }

    pub fn untouched(&self) -> bool {
        *self == Self::default()
    }

    /// The value of CSS `grid-template-columns` for the item column and these facets' columns.
    pub fn template(&self, facets: &[Facet]) -> String {
        let mut template = format!("{}px", self.item.unwrap_or(ITEM_PX));
        let free = facets.iter().any(|facet| self.of(*facet).is_none());
        for (at, facet) in facets.iter().enumerate() {
            let last = at + 1 == facets.len();
            match self.of(*facet) {
                // Somebody has to fill the page.
                Some(px) if last && !free => template += &format!(" minmax({px}px,1fr)"),
                Some(px) => template += &format!(" {px}px"),
                None => template += &format!(" minmax(9.5rem,{}fr)", share(*facet)),
            }
        }
        template
    }

    fn of(&self, facet: Facet) -> Option<u32> {
        self.facets.iter().find(|(known, _)| *known == facet).map(|(_, px)| *px)
    }
}

/// How much of the page a facet has on paper, in percent of it.
fn share(facet: Facet) -> u32 {
    match facet {
        Facet::Status => 325,
        Facet::Evaluation => 235,
        Facet::Goal => 202,
        Facet::Plan => 238,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_proportions() {
        assert_eq!(
            Widths::default().template(&Facet::ALL),
            "148px minmax(9.5rem,325fr) minmax(9.5rem,235fr) minmax(9.5rem,202fr) minmax(9.5rem,238fr)"
        );
        assert_eq!(Widths::default().template(&[Facet::Goal]), "148px minmax(9.5rem,202fr)");
    }

    #[test]
    fn what_was_set_stays_and_the_page_is_filled() {
        let mut widths = Widths::default();
        widths.set(Some(Facet::Goal), 300);
        widths.set(Some(Facet::Goal), 310);
        widths.set(None, 10);
        assert!(!widths.untouched());
        assert_eq!(widths.template(&[Facet::Goal, Facet::Plan]), "96px 310px minmax(9.5rem,238fr)");
        assert_eq!(widths.template(&[Facet::Goal]), "96px minmax(310px,1fr)");
    }
}
