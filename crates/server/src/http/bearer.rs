//! `Authorization: Bearer …`: how a script shows its token. Whoever brings one is no browser's page: beside it neither a
//! cookie counts nor where the page would come from.

use super::graphql::cookie;
use super::refusal::refuse;
use crate::caller::Proof;
use crate::session;
use crate::token::Secret;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What proxies in front of a server ask browsers for, which repeat it at every request: no word to this server.
const OF_PROXIES: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];

/// What a request carries to show who sends it.
pub fn proof(headers: &HeaderMap) -> Proof {
    let mut given = headers.get_all(header::AUTHORIZATION).iter().filter(|value| !is_of_proxy(value));
    match (given.next(), given.next()) {
        (None, _) => match cookie(headers, session::COOKIE) {
            Some(token) => Proof::Session(session::Token::given(token)),
            None => Proof::Nothing,
        },
        (Some(one), None) => proved(one.to_str().unwrap_or_default()),
        // Which of them is meant?
        (Some(_), Some(_)) => Proof::Token(None),
    }
}

/// By `Bearer …`. Anything else is a token that was meant and went wrong: nobody is taken for a stranger who is none.
pub fn proved(authorization: &str) -> Proof {
    let (scheme, rest) = authorization.trim().split_once(' ').unwrap_or_default();
    let secret = Some(rest.trim()).filter(|_| scheme.eq_ignore_ascii_case("Bearer"));
    Proof::Token(secret.and_then(Secret::given).map(|secret| secret.hash()))
}

/// Takes from a request with a token what only a browser's page is judged by.
pub async fn alone(mut request: Request) -> Request {
    let headers = request.headers_mut();
    if matches!(proof(headers), Proof::Token(_)) {
        for name in ["cookie", "origin", "sec-fetch-site"] {
            headers.remove(name);
        }
    }
    request
}

/// A token that opens nothing. Never silently a stranger: a script that goes on without rights would not notice.
pub fn unauthorized() -> Response {
    let japanese = "APIトークンが正しくないか、期限が切れたか、取り消されています。";
    let refusal =
        refuse(StatusCode::UNAUTHORIZED, japanese, "the token is wrong, has expired or was revoked");
    let challenge = HeaderValue::from_static("Bearer realm=\"renkei\", error=\"invalid_token\"");
    ([(header::WWW_AUTHENTICATE, challenge)], refusal).into_response()
}

fn is_of_proxy(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default().trim();
    let scheme = text.split(' ').next().unwrap_or_default();
    OF_PROXIES.iter().any(|one| one.eq_ignore_ascii_case(scheme))
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
    fn a_token_decides_and_nothing_else_is_taken_for_one() {
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
