//! Which of the two media types of a GraphQL answer a client asks for (GraphQL over HTTP, section 4.4).

use axum::http::{HeaderMap, header};

/// The form of an answer; it decides the status of a request that did not become an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: 4xx when nothing ran.
    GraphqlResponse,
    /// `application/json`, as clients from before the specification know it: 200 whenever the request was well formed.
    Json,
}

impl Media {
    pub fn content_type(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }

    /// The better one of those that `Accept` admits; none given: JSON. `None`: neither is acceptable.
    pub fn negotiate(headers: &HeaderMap) -> Option<Media> {
        let ranges: Vec<Range> = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(Range::parse)
            .collect();
        if ranges.is_empty() {
            return Some(Media::Json);
        }
        let graphql = quality(&ranges, "graphql-response+json");
        let json = quality(&ranges, "json");
        match (graphql.weight, json.weight) {
            (0, 0) => None,
            (ours, theirs) if ours > theirs => Some(Media::GraphqlResponse),
            // Named beside the other. A client that only says `*/*` may be one from before the newer type.
            (ours, theirs) if ours == theirs && graphql.named => Some(Media::GraphqlResponse),
            _ => Some(Media::Json),
        }
    }
}

/// One media range of `Accept`, its weight in thousandths.
struct Range {
    kind: String,
    subtype: String,
    weight: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut weight = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=')?;
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => weight = parse_weight(value.trim())?,
                "charset" if !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") => weight = 0,
                _ => {}
            }
        }
        Some(Self { kind: kind.to_ascii_lowercase(), subtype: subtype.to_ascii_lowercase(), weight })
    }

    /// How exactly the range names `application/<subtype>`; `None`: not at all.
    fn exactness(&self, subtype: &str) -> Option<u8> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("application", own) if own == subtype => Some(2),
            ("application", "*") => Some(1),
            ("*", "*") => Some(0),
            _ => None,
        }
    }
}

/// `0`, `0.8`, `1.000`.
pub(super) fn parse_weight(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&weight).then_some((weight * 1000.0).round() as u16)
}

struct Quality {
    weight: u16,
    named: bool,
}

/// The weight of the most exact range decides.
fn quality(ranges: &[Range], subtype: &str) -> Quality {
    ranges
        .iter()
        .filter_map(|range| range.exactness(subtype).map(|exactness| (exactness, range.weight)))
        .max()
        .map_or(Quality { weight: 0, named: false }, |(exactness, weight)| Quality {
            weight,
            named: exactness == 2,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn negotiate(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        Media::negotiate(&headers)
    }

    #[test]
    fn the_better_of_what_is_accepted() {
        assert_eq!(Media::negotiate(&HeaderMap::new()), Some(Media::Json));
        for (accept, expected) in [
            ("application/json", Some(Media::Json)),
            ("application/json; charset=utf-8", Some(Media::Json)),
            ("APPLICATION/JSON", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, application/json", Some(Media::Json)),
            ("application/json;q=0, */*", Some(Media::GraphqlResponse)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;charset=shift_jis", None),
        ] {
            assert_eq!(negotiate(accept), expected, "{accept}");
        }
    }
}
