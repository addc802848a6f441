//! What kind of asking each route is.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use sophon_core::rates;

/// Decides how often one may ask, and whether one may while the gateway drains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Looks at things.
    Read,
    /// Makes, changes or deletes things.
    Write,
    /// Begins work that goes on after the answer; counted with what writes.
    Begin,
    /// Approves, answers and cancels.
    Decide,
    /// Uses much of the machine, or what others must pay for.
    Expensive,
    /// Sends messages: begins work, and is counted by itself.
    Chat,
    /// For load balancers, which ask as often as they are configured to.
    Unlimited,
}

impl Class {
    /// With what it is counted.
    pub(crate) fn rate(self) -> Option<rates::Class> {
        match self {
            Self::Read => Some(rates::Class::Read),
            Self::Write | Self::Begin => Some(rates::Class::Write),
            Self::Decide => Some(rates::Class::Decide),
            Self::Expensive => Some(rates::Class::Expensive),
            Self::Chat => Some(rates::Class::Chat),
            Self::Unlimited => None,
        }
    }

    /// Whether it is new work, which a gateway that drains does not take.
    pub(crate) fn is_new_work(self) -> bool {
        matches!(self, Self::Begin | Self::Chat)
    }
}

/// What the gate knows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// What kind of asking it is.
    pub(crate) class: Class,
    /// Whether it is applied once for each `Idempotency-Key`.
    pub(crate) takes_key: bool,
    /// Whether those who did not sign in are served as well.
    pub(crate) is_public: bool,
    /// The parameters of its query.
    pub(crate) query: Arc<[String]>,
}

/// The rule of each operation: by path as it is registered, then by method. Filled where routes are registered.
pub(crate) type Rules = HashMap<String, HashMap<Method, Rule>>;

/// The rule of a request. A method that the route does not have has none: it is refused anyway.
pub(crate) fn rule_of<'r>(rules: &'r Rules, method: &Method, route: &str) -> Option<&'r Rule> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    rules.get(route)?.get(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_counted_as_the_seed_says_and_what_begins_work_is_known() {
        let rules = crate::subjects().split().1;
        for (method, route, rate, is_new_work) in [
            (Method::GET, "/api/agents", Some(rates::Class::Read), false),
            (Method::HEAD, "/api/sessions", Some(rates::Class::Read), false),
            (Method::POST, "/api/agents", Some(rates::Class::Write), false),
            (Method::POST, "/api/tasks/{id}/cancel", Some(rates::Class::Decide), false),
            (Method::POST, "/api/approvals/{id}/approve", Some(rates::Class::Decide), false),
            (Method::POST, "/api/auth/logout", Some(rates::Class::Write), false),
            (Method::POST, "/api/chat", Some(rates::Class::Chat), true),
            (Method::POST, "/api/sessions/{id}/regenerate", Some(rates::Class::Chat), true),
            (Method::POST, "/api/discussions/{id}/runs", Some(rates::Class::Write), true),
            (Method::POST, "/api/models/check", Some(rates::Class::Expensive), false),
            (Method::GET, "/health", None, false),
        ] {
            let rule = rule_of(&rules, &method, route).unwrap_or_else(|| panic!("{method} {route}"));
            let class = rule.class;
            assert_eq!((class.rate(), class.is_new_work()), (rate, is_new_work), "{method} {route}");
        }
        assert_eq!(rule_of(&rules, &Method::DELETE, "/api/chat"), None);
    }
}
