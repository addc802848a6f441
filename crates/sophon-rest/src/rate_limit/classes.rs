//! The class of every route. A route that is missing here fails the test below.

use super::Class::{self, Chat, Decide, Read, Unlimited, Write};

/// Method, route and class.
pub(super) const CLASSES: &[(&str, &str, Class)] = &[
    // Identity & auth
    ("GET", "/api/auth/config", Read),
    ("POST", "/api/auth/login", Write),
    ("POST", "/api/auth/refresh", Write),
    ("POST", "/api/auth/logout", Write),
    ("GET", "/api/auth/me", Read),
    ("GET", "/api/auth/sessions", Read),
    ("DELETE", "/api/auth/sessions/{id}", Write),
    ("GET", "/api/auth/tokens", Read),
    ("POST", "/api/auth/tokens", Write),
    ("DELETE", "/api/auth/tokens/{id}", Write),
    // Agents
    ("GET", "/api/agents", Read),
    ("POST", "/api/agents", Write),
    ("GET", "/api/agents/{id}", Read),
    ("PATCH", "/api/agents/{id}", Write),
    ("DELETE", "/api/agents/{id}", Write),
    ("GET", "/api/agents/{id}/soul", Read),
    ("PUT", "/api/agents/{id}/soul", Write),
    ("GET", "/api/agents/{id}/boot", Read),
    ("PUT", "/api/agents/{id}/boot", Write),
    ("GET", "/api/agents/{id}/heartbeat", Read),
    ("PUT", "/api/agents/{id}/heartbeat", Write),
    ("GET", "/api/agents/{id}/tools", Read),
    ("PUT", "/api/agents/{id}/tools", Write),
    // Models
    ("GET", "/api/models", Read),
    // Chat + sessions
    ("POST", "/api/chat", Chat),
    ("GET", "/api/sessions", Read),
    ("POST", "/api/sessions", Write),
    ("GET", "/api/sessions/{id}", Read),
    ("PATCH", "/api/sessions/{id}", Write),
    ("DELETE", "/api/sessions/{id}", Write),
    ("GET", "/api/sessions/{id}/messages", Read),
    ("POST", "/api/sessions/{id}/fork", Write),
    ("POST", "/api/sessions/{id}/regenerate", Chat),
    // Tasks
    ("GET", "/api/tasks/active", Read),
    ("GET", "/api/tasks/history", Read),
    ("GET", "/api/tasks/{id}", Read),
    ("POST", "/api/tasks/{id}/cancel", Decide),
    // Approvals
    ("GET", "/api/approvals", Read),
    ("GET", "/api/approvals/history", Read),
    ("GET", "/api/approvals/{id}", Read),
    ("POST", "/api/approvals/{id}/approve", Decide),
    ("POST", "/api/approvals/{id}/edit", Decide),
    ("POST", "/api/approvals/{id}/reject", Decide),
    ("GET", "/api/info-requests", Read),
    ("GET", "/api/info-requests/{id}", Read),
    ("POST", "/api/info-requests/{id}/respond", Decide),
    ("POST", "/api/info-requests/{id}/cancel", Decide),
    // Admin
    ("POST", "/api/admin/announcements", Write),
    // Sophon Node
    ("GET", "/api/nodes", Read),
    ("POST", "/api/nodes", Write),
    ("GET", "/api/nodes/{id}", Read),
    ("PATCH", "/api/nodes/{id}", Write),
    ("DELETE", "/api/nodes/{id}", Write),
    ("POST", "/api/nodes/{id}/approve", Decide),
    ("POST", "/api/nodes/{id}/reject", Decide),
    ("POST", "/api/nodes/{id}/scopes", Write),
    ("POST", "/api/nodes/{id}/command", Write),
    ("GET", "/api/nodes/{id}/commands", Read),
    ("GET", "/api/nodes/{id}/commands/{commandId}", Read),
    ("POST", "/api/nodes/me/pair", Write),
    ("POST", "/api/nodes/me/heartbeat", Write),
    ("GET", "/api/nodes/me/commands", Read),
    ("POST", "/api/nodes/me/commands/{commandId}/result", Write),
    // Discussions
    ("GET", "/api/discussions", Read),
    ("POST", "/api/discussions", Write),
    ("GET", "/api/discussions/{id}", Read),
    ("PATCH", "/api/discussions/{id}", Write),
    ("DELETE", "/api/discussions/{id}", Write),
    ("GET", "/api/discussions/{id}/runs", Read),
    ("POST", "/api/discussions/{id}/runs", Write),
    ("GET", "/api/discussions/runs/{id}", Read),
    ("POST", "/api/discussions/runs/{id}/cancel", Decide),
    // Public, under both of their addresses
    ("GET", "/api/health", Unlimited),
    ("GET", "/health", Unlimited),
    ("GET", "/api/version", Read),
    ("GET", "/version", Read),
    ("GET", "/api/tools", Read),
    ("GET", "/tools", Read),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_has_a_class_and_every_class_a_route() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let mut routes = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys() {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
        for path in ["/health", "/version", "/tools"] {
            routes.insert(("GET".into(), path.into()));
        }
        let classed: BTreeSet<_> =
            CLASSES.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned())).collect();
        assert_eq!(routes, classed);
        assert_eq!(classed.len(), CLASSES.len(), "a route has one class");
    }
}
