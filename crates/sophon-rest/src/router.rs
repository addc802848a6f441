//! The routers of the subjects: a route is registered together with its class.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::get;
use http::Method;
use sophon_core::Gateway;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, PathItem, RefOr};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::class::{Class, Rule, Rules};
use crate::{conditions, idempotency, openapi};

/// Routes with their documentation and their rules. There is no way to add a route without a class.
#[derive(Default)]
pub(crate) struct ApiRouter {
    router: OpenApiRouter<Gateway>,
    rules: Rules,
}

impl ApiRouter {
    pub(crate) fn with_openapi(document: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(document), rules: Rules::new() }
    }

    /// Adds the handlers of one path, all of the same class. The path's other methods may be added with another class. A
    /// `POST` is applied once for each `Idempotency-Key`, and a `PUT` or `PATCH` if the thing is as `If-Match` says.
    pub(crate) fn routes(self, class: Class, routes: UtoipaMethodRouter<Gateway>) -> Self {
        self.add(class, true, routes)
    }

    /// The same for a `POST` that takes no key: it does nothing that must not be done twice, or its caller is nobody yet.
    pub(crate) fn unkeyed(self, class: Class, routes: UtoipaMethodRouter<Gateway>) -> Self {
        self.add(class, false, routes)
    }

    fn add(mut self, class: Class, is_keyed: bool, mut routes: UtoipaMethodRouter<Gateway>) -> Self {
        for (path, item) in &mut routes.1.paths {
            if let Some(operation) = item.post.as_mut().filter(|_| is_keyed) {
                idempotency::describe(operation);
            }
            conditions::describe(item);
            for (method, operation) in operations(item) {
                let takes_key = is_keyed && method == Method::POST;
                openapi::describe_answers(&method, operation, class, takes_key);
                let rule =
                    Rule { class, takes_key, is_public: is_public(operation), query: query(operation) };
                self.rules.entry(path.clone()).or_default().insert(method, rule);
            }
        }
        Self { router: self.router.routes(routes), ..self }
    }

    /// Adds a `GET` that the OpenAPI document does not list: a second address of a route that it
    /// does, for everybody, and with the parameters of its query.
    pub(crate) fn unlisted<H, T>(mut self, class: Class, (path, query): (&str, &[&str]), handler: H) -> Self
    where
        H: Handler<T, Gateway>,
        T: 'static,
    {
        let rule = Rule {
            class,
            takes_key: false,
            is_public: true,
            query: query.iter().map(|&name| name.to_owned()).collect(),
        };
        self.rules.entry(path.to_owned()).or_default().insert(Method::GET, rule);
        Self { router: self.router.route(path, get(handler)), ..self }
    }

    /// Adds all routes of `other`. A path belongs to one subject.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        Self { router: self.router.merge(other.router), ..self }
    }

    pub(crate) fn split(self) -> (OpenApiRouter<Gateway>, Rules) {
        (self.router, self.rules)
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (&mut item.get, Method::GET),
        (&mut item.post, Method::POST),
        (&mut item.put, Method::PUT),
        (&mut item.patch, Method::PATCH),
        (&mut item.delete, Method::DELETE),
    ]
    .into_iter()
    .filter_map(|(operation, method)| Some((method, operation.as_mut()?)))
}

fn is_public(operation: &Operation) -> bool {
    operation.security.iter().flatten().any(|requirement| *requirement == SecurityRequirement::default())
}

fn query(operation: &Operation) -> Arc<[String]> {
    let parameters = operation.parameters.iter().flatten();
    let of_query = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
        _ => None,
    });
    of_query.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_operation_has_a_class() {
        let (router, rules) = crate::subjects().split();
        let document = serde_json::to_value(router.into_openapi()).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for name in operations.as_object().unwrap().keys() {
                let method = Method::from_bytes(name.to_uppercase().as_bytes()).unwrap();
                assert!(rules[path].contains_key(&method), "{method} {path}");
            }
        }
    }
}
