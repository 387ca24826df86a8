//! Media types: which one of a request is read, and which of the two of a GraphQL response its client asks for
//! (GraphQL over HTTP, section 4.4).

use axum::http::{HeaderMap, HeaderValue, header};
use std::collections::HashMap;

/// The media type of a response; it decides the status of a request that did not become an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: 4xx when nothing ran.
    GraphqlResponse,
    /// `application/json`, as clients from before the specification know it: 200 whenever the request was well formed.
    Json,
}

impl Media {
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        })
    }

    /// The better one of those that `Accept` admits; without the header: JSON. `None`: neither is acceptable.
    pub fn negotiate(headers: &HeaderMap) -> Option<Media> {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: HashMap<String, f32> =
            accept.flat_map(|value| value.split(',')).filter_map(media_range).collect();
        if ranges.is_empty() {
            return Some(Media::Json);
        }
        // The weight of the most exact range counts.
        let weight = |exact: &str| {
            let range = [exact, "application/*", "*/*"].into_iter().find_map(|range| ranges.get(range));
            range.copied().unwrap_or(0.0)
        };
        let newer = "application/graphql-response+json";
        match (weight(newer), weight("application/json")) {
            (0.0, 0.0) => None,
            (ours, theirs) if ours > theirs => Some(Media::GraphqlResponse),
            // A client that only accepts `*/*` may be one from before the newer type.
            (ours, theirs) if ours == theirs && ranges.contains_key(newer) => Some(Media::GraphqlResponse),
            _ => Some(Media::Json),
        }
    }
}

/// `text/html;q=0.8` as its name in lower case and its weight.
fn media_range(text: &str) -> Option<(String, f32)> {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let mut weight = 1.0;
    for (name, value) in parameters.split(';').filter_map(|parameter| parameter.split_once('=')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = parse_weight(value)?,
            "charset" if !is_utf8(value) => weight = 0.0,
            _ => {}
        }
    }
    Some((name.trim().to_ascii_lowercase(), weight)).filter(|(name, _)| name.contains('/'))
}

/// `0`, `0.8`, `1.000`.
pub fn parse_weight(text: &str) -> Option<f32> {
    text.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))
}

/// Whether a request's body is JSON. Nothing else is read: a page of another site may send a form or plain text without
/// the browser's permission.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let range = value.and_then(media_range);
    range.is_some_and(|(name, weight)| name == "application/json" && weight > 0.0)
        && !headers.contains_key(header::CONTENT_ENCODING)
}

fn is_utf8(charset: &str) -> bool {
    charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_of_the_accepted_media_types_is_chosen() {
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
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(Media::negotiate(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=shift_jis", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
