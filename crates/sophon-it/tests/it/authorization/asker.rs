//! The callers.

use std::collections::HashMap;

use sophon_model::{Permission, Permissions, Role};

use super::table::{HUBS, REST, Who};
use crate::support::{App, NodeAgent, Person};

/// What the gateway must make of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 401.
    Unauthenticated,
    /// 403, with the permission in the details.
    Missing(Permission),
    /// 403: people cannot act for a node.
    NotForPeople,
    /// Whatever comes of it: it is the caller's to do.
    Served,
}

/// One who calls, and by which credential.
pub struct Asker {
    pub name: String,
    pub token: Option<String>,
    pub is: Is,
}

/// The gateway's caller of that name.
pub enum Is {
    Nobody,
    Person(Box<Person>),
    /// A token of that person's, narrowed by nothing.
    ApiToken(Box<Person>),
    Node(NodeAgent),
}

impl Asker {
    fn nobody(name: &str, token: Option<String>) -> Self {
        Self { name: name.into(), token, is: Is::Nobody }
    }

    async fn signed_in(name: impl Into<String>, person: Person) -> Self {
        Self { name: name.into(), token: Some(person.sign_in().await), is: Is::Person(Box::new(person)) }
    }

    /// What the table says of it.
    pub fn verdict(&self, who: Who) -> Verdict {
        match (who, &self.is) {
            (Who::Public, _) | (Who::Node, Is::Node(_)) => Verdict::Served,
            (_, Is::Nobody | Is::Node(_)) => Verdict::Unauthenticated,
            (Who::Node, Is::Person(_) | Is::ApiToken(_)) | (Who::InPerson, Is::ApiToken(_)) => {
                Verdict::NotForPeople
            }
            (Who::OwnerInPerson(permission), Is::ApiToken(_)) => Verdict::Missing(permission),
            (who, Is::Person(person) | Is::ApiToken(person)) => match who.permission() {
                Some(permission) if !person.has(permission) => Verdict::Missing(permission),
                _ => Verdict::Served,
            },
        }
    }
}

/// Everybody who calls: those who call everything, and two for each permission that the table knows.
pub struct Cast {
    everybody: Vec<Asker>,
    custom: HashMap<Option<Permission>, [Asker; 2]>,
}

impl Cast {
    pub async fn of(app: &App) -> Self {
        let admin = app.admin().await;
        let tenant = admin.caller.tenant.clone();
        let everybody = vec![
            Asker::nobody("anonymous", None),
            Asker::nobody("an expired API token", Some(admin.expired_token().await)),
            Asker::nobody("a sign-in that has ended", Some(admin.ended_sign_in().await)),
            Asker::signed_in("Viewer", app.person(&tenant, Role::Viewer).await).await,
            Asker::signed_in("Operator", app.person(&tenant, Role::Operator).await).await,
            Asker::signed_in("Admin", app.person(&tenant, Role::Admin).await).await,
            Asker {
                name: "an API token of the Admin's".into(),
                token: Some(admin.api_token().await.1),
                is: Is::ApiToken(Box::new(admin.clone())),
            },
            {
                let node = admin.node().await;
                Asker { name: "a node".into(), token: Some(node.token.clone()), is: Is::Node(node) }
            },
        ];
        let mut custom = HashMap::new();
        for permission in REST.iter().chain(HUBS).map(|line| line.who.permission()) {
            if custom.contains_key(&permission) {
                continue;
            }
            let wanted: Vec<Permission> = permission.into_iter().collect();
            let name = permission.map_or("any permission", Permission::name);
            let only = app.person_with(&tenant, Permissions::of(&wanted)).await;
            let but = app.person_with(&tenant, Permissions::ALL.without(&wanted)).await;
            let askers = [
                Asker::signed_in(format!("a custom role with no more than {name}"), only).await,
                Asker::signed_in(format!("a custom role with all but {name}"), but).await,
            ];
            custom.insert(permission, askers);
        }
        Self { everybody, custom }
    }

    /// Those who try what `who` may do.
    pub fn for_line(&self, who: Who) -> impl Iterator<Item = &Asker> {
        self.everybody.iter().chain(&self.custom[&who.permission()])
    }
}
