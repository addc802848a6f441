//! The routers of the subjects: a route is registered together with its class.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::get;
use http::Method;
use sophon_core::Gateway;
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::class::{Class, Classes};

/// Routes with their documentation and their classes. There is no way to add a route without a class.
#[derive(Default)]
pub(crate) struct ApiRouter {
    router: OpenApiRouter<Arc<Gateway>>,
    classes: Classes,
}

impl ApiRouter {
    pub(crate) fn with_openapi(document: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(document), classes: Classes::new() }
    }

    /// Adds the handlers of one path, all of the same class. The path's other methods may be added with another class.
    pub(crate) fn routes(mut self, class: Class, routes: UtoipaMethodRouter<Arc<Gateway>>) -> Self {
        for (path, item) in &routes.1.paths {
            for method in methods(item) {
                self.classes.entry(path.clone()).or_default().insert(method, class);
            }
        }
        Self { router: self.router.routes(routes), ..self }
    }

    /// Adds a `GET` that the OpenAPI document does not list: a second address of a route that it does.
    pub(crate) fn unlisted<H, T>(mut self, class: Class, path: &str, handler: H) -> Self
    where
        H: Handler<T, Arc<Gateway>>,
        T: 'static,
    {
        self.classes.entry(path.to_owned()).or_default().insert(Method::GET, class);
        Self { router: self.router.route(path, get(handler)), ..self }
    }

    /// Adds all routes of `other`. A path belongs to one subject.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.classes.extend(other.classes);
        Self { router: self.router.merge(other.router), ..self }
    }

    pub(crate) fn split(self) -> (OpenApiRouter<Arc<Gateway>>, Classes) {
        (self.router, self.classes)
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = Method> {
    [
        (&item.get, Method::GET),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ]
    .into_iter()
    .filter_map(|(operation, method)| operation.as_ref().map(|_| method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_operation_has_a_class() {
        let (router, classes) = crate::subjects().split();
        let document = serde_json::to_value(router.into_openapi()).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for name in operations.as_object().unwrap().keys() {
                let method = Method::from_bytes(name.to_uppercase().as_bytes()).unwrap();
                assert!(classes[path].contains_key(&method), "{method} {path}");
            }
        }
    }
}
