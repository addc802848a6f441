//! Query strings.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;
use sophon_model::Kind;

use super::body::refused;
use crate::error::{ApiError, Result};
use serde_objects::Unfit;

/// The query string as `T`. `T` denies unknown fields, so that a misspelt filter is an error rather than no filter.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let unfit = Unfit::new(error.path(), &error.inner().to_string(), "The query");
        refused(Kind::InvalidRequest, unfit).into()
    })
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde::Deserialize;

    use super::*;
    use sophon_api::Failure;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        limit: Option<usize>,
        #[serde(default)]
        mine: bool,
    }

    #[test]
    fn a_query_that_does_not_fit_is_told_by_its_field_in_plain_words() {
        let query: Query = parse("limit=3&mine=true").unwrap();
        assert_eq!((query.limit, query.mine), (Some(3), true));
        for (query, field, told) in [
            ("limit=x", "limit", "`limit` must be a whole number."),
            ("limit=-1", "limit", "`limit` must be a whole number."),
            ("mine=1", "mine", "`mine` must be true or false."),
            ("limt=1", "limt", "`limt` is not a known field. Known fields: limit, mine."),
            ("limit=1&limit=2", "limit", "`limit` appears twice."),
        ] {
            let response = parse::<Query>(query).unwrap_err().into_response();
            let Failure(error) = response.extensions().get::<Failure>().unwrap();
            assert_eq!((response.status().as_u16(), error.message()), (400, told), "{query}");
            assert_eq!(error.details().unwrap()["field"], field, "{query}");
        }
    }
}
