//! A GraphQL request as async-graphql-axum reads it, and what that crate lacks: `operationName` in an address, `HEAD`, and
//! refusals in JSON.

use super::refusal::refuse;
use async_graphql::{ParseRequestError, Request as GraphqlRequest};
use async_graphql_axum::GraphQLRequest;
use axum::extract::{FromRequest, Request};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use derive_more::From;

const PARAMETERS: &str =
    "`query` (a string) and, if needed, `operationName` (a string), `variables` and `extensions` (objects)";

/// Why a request is no GraphQL request.
#[derive(Debug, From)]
pub enum Malformed {
    Unreadable(ParseRequestError),
    NoQuery,
}

impl IntoResponse for Malformed {
    fn into_response(self) -> Response {
        let (japanese, english) = match self {
            Malformed::NoQuery => ("queryがありません。", "`query` is missing".to_owned()),
            Malformed::Unreadable(ParseRequestError::UnsupportedBatch) => {
                ("複数の操作をまとめて送ることはできません。", "batches are not supported".to_owned())
            }
            Malformed::Unreadable(ParseRequestError::Io(error)) => {
                ("アドレスのパラメーターを読めません。", error.to_string())
            }
            Malformed::Unreadable(_) => {
                ("GraphQLのリクエストとして読めません。", format!("send a JSON object with {PARAMETERS}"))
            }
        };
        refuse(StatusCode::BAD_REQUEST, japanese, &english)
    }
}

/// Reads a request whose method and media type have been checked, from its body or its address.
pub async fn read(mut request: Request) -> Result<GraphqlRequest, Malformed> {
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    *request.uri_mut() = with_names_of_the_crate(request.uri());
    let mut request = GraphQLRequest::<Malformed>::from_request(request, &()).await?.into_inner();
    // Some clients send an empty name where they mean none.
    request.operation_name.take_if(|name| name.is_empty());
    if request.query.trim().is_empty() {
        return Err(Malformed::NoQuery);
    }
    Ok(request)
}

/// The crate reads `operation_name` in an address, where the specification says `operationName`; an empty parameter is
/// treated as absent.
fn with_names_of_the_crate(uri: &Uri) -> Uri {
    let parameters = uri.query().unwrap_or_default().split('&').filter_map(|one| one.split_once('='));
    let renamed: Vec<String> = parameters
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| match name {
            "operationName" => format!("operation_name={value}"),
            _ => format!("{name}={value}"),
        })
        .collect();
    let renamed = format!("{}?{}", uri.path(), renamed.join("&"));
    PathAndQuery::try_from(renamed).map_or_else(|_| uri.clone(), Uri::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Variables, value};
    use axum::body::Body;
    use axum::http::header;
    use serde_json::{Value, json};

    async fn post(body: impl Into<Body>) -> Result<GraphqlRequest, Malformed> {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        read(request.body(body.into()).unwrap()).await
    }

    async fn post_json(body: Value) -> Result<GraphqlRequest, Malformed> {
        post(body.to_string()).await
    }

    async fn get(method: Method, uri: &str) -> Result<GraphqlRequest, Malformed> {
        read(Request::builder().method(method).uri(uri).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn a_body_is_one_object_with_a_query() {
        for body in ["{", "", "{\"query\":\"\\ud800\"}"] {
            assert!(post(body).await.is_err(), "{body}");
        }
        assert!(post(&b"{\"query\":\"\xff\"}"[..]).await.is_err());
        let batch = post_json(json!([{ "query": "{a}" }])).await;
        assert!(matches!(batch, Err(Malformed::Unreadable(ParseRequestError::UnsupportedBatch))));
        for body in [json!("{a}"), json!({}), json!({ "query": " " })] {
            assert!(post_json(body.clone()).await.is_err(), "{body}");
        }
        for parameter in ["query", "operationName", "variables", "extensions"] {
            for wrong in [json!(0), json!(false), json!(["a"])] {
                let mut body = json!({ "query": "{a}" });
                body[parameter] = wrong;
                assert!(post_json(body).await.is_err(), "{parameter}");
            }
        }
    }

    #[tokio::test]
    async fn null_and_unknown_parameters_are_tolerated() {
        let body = json!({
            "query": "{a}", "operationName": null, "variables": null, "extensions": null, "id": 1,
        });
        let request = post_json(body).await.unwrap();
        assert_eq!((request.query.as_str(), request.operation_name), ("{a}", None));
        let unnamed = post_json(json!({ "query": "{a}", "operationName": "" })).await.unwrap();
        assert_eq!(unnamed.operation_name, None);
    }

    #[tokio::test]
    async fn an_address_carries_the_same_parameters() {
        let uri = "/graphql?query=query%20Q%7Ba%7D&operationName=Q&variables=%7B%22x%22%3A1%7D&extensions=";
        for method in [Method::GET, Method::HEAD] {
            let request = get(method, uri).await.unwrap();
            assert_eq!(request.query, "query Q{a}");
            assert_eq!(request.operation_name.as_deref(), Some("Q"));
            assert_eq!(request.variables, Variables::from_value(value!({ "x": 1 })));
        }
        for broken in ["/graphql", "/graphql?query=", "/graphql?query=%7Ba%7D&variables=%7B"] {
            assert!(get(Method::GET, broken).await.is_err(), "{broken}");
        }
    }
}
