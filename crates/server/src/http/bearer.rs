//! Credentials in a request's headers: a script's token (`Authorization: Bearer …`) or a session's cookie. A request with a
//! token does not come from a browser's page: its cookies and its origin are ignored.

use super::refusal::refuse;
use crate::caller::Proof;
use crate::session;
use crate::token::Secret;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Schemes by which proxies in front of a server ask browsers for credentials, which then come with every request.
const PROXY_SCHEMES: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];

/// What a request carries to show who sends it.
pub fn proof(headers: &HeaderMap) -> Proof {
    let mut given = headers.get_all(header::AUTHORIZATION).iter().filter(|value| !is_for_proxy(value));
    match (given.next(), given.next()) {
        (None, _) => match cookie(headers, session::COOKIE) {
            Some(token) => Proof::Session(session::Token::given(token)),
            None => Proof::Nothing,
        },
        (Some(one), None) => proved(one.to_str().unwrap_or_default()),
        // It is not clear which of them is meant.
        (Some(_), Some(_)) => Proof::Token(None),
    }
}

/// Of `Bearer …`. Anything else is a wrong token, not an anonymous request.
pub fn proved(authorization: &str) -> Proof {
    let (scheme, rest) = authorization.trim().split_once(' ').unwrap_or_default();
    let secret = Some(rest.trim()).filter(|_| scheme.eq_ignore_ascii_case("Bearer"));
    Proof::Token(secret.and_then(Secret::given).map(|secret| secret.hash()))
}

/// Removes from a request with a token the headers by which a browser's page is judged.
pub async fn ignore_page_headers(mut request: Request) -> Request {
    let headers = request.headers_mut();
    if matches!(proof(headers), Proof::Token(_)) {
        for name in ["cookie", "origin", "sec-fetch-site"] {
            headers.remove(name);
        }
    }
    request
}

/// For a wrong token. Not treated as anonymous: a script would not notice that it goes on without rights.
pub fn unauthorized() -> Response {
    let japanese = "APIトークンが正しくないか、期限が切れたか、取り消されています。";
    let refusal =
        refuse(StatusCode::UNAUTHORIZED, japanese, "the token is wrong, has expired or was revoked");
    let challenge = HeaderValue::from_static("Bearer realm=\"renkei\", error=\"invalid_token\"");
    ([(header::WWW_AUTHENTICATE, challenge)], refusal).into_response()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

fn is_for_proxy(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default().trim();
    let scheme = text.split(' ').next().unwrap_or_default();
    PROXY_SCHEMES.iter().any(|one| one.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(header::HeaderName, String)]) -> Proof {
        let headers = headers.iter().map(|(name, text)| (name.clone(), HeaderValue::try_from(text).unwrap()));
        proof(&headers.collect())
    }

    fn authorization(text: &str) -> (header::HeaderName, String) {
        (header::AUTHORIZATION, text.to_owned())
    }

    #[test]
    fn a_token_counts_before_a_cookie_and_other_schemes_are_ignored() {
        let secret = format!("renkei_{}", "0a".repeat(32));
        let cookie = (header::COOKIE, "renkei_session=abc".to_owned());
        for right in [format!("Bearer {secret}"), format!("bearer  {secret} ")] {
            let proof = of(&[authorization(&right), cookie.clone()]);
            assert!(matches!(proof, Proof::Token(Some(_))), "{right}");
        }
        for wrong in ["", "Bearer", "Bearer ", "Bearer x", &secret, &format!("Token {secret}")] {
            assert!(matches!(of(&[authorization(wrong), cookie.clone()]), Proof::Token(None)), "{wrong:?}");
        }
        let twice = authorization(&format!("Bearer {secret}"));
        assert!(matches!(of(&[twice.clone(), twice.clone()]), Proof::Token(None)));
        let proxy = authorization("Basic dXNlcjpwYXNz");
        assert!(matches!(of(&[proxy.clone(), cookie]), Proof::Session(_)));
        assert!(matches!(of(&[proxy.clone(), twice]), Proof::Token(Some(_))));
        assert!(matches!(of(&[proxy]), Proof::Nothing));
        assert!(matches!(of(&[]), Proof::Nothing));
    }
}
