//! The table of rules, held against what the services really do: each line, by users with every permission that the line
//! speaks of and without it, on things of their own, of a colleague and of another tenant.

mod asker;
mod calls;
mod things;

use std::sync::Arc;

use futures_util::future::join_all;
use sophon_core::policy::{Act, CASES, Case, Need, Read, Relation, Report, Way, check};
use sophon_model::{Error, Kind, Node, NodeCaller, NodeStatus, Permission, SessionRole};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::make;

use asker::{Asker, askers};
use calls::{HELD, call};
use things::{Things, Whose, give};

/// What comes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// Whatever comes of it: it is the caller's to do.
    Served,
    /// The thing does not exist for the caller.
    Unknown,
    /// This permission is missing.
    Missing(String),
    /// The caller's role in the session is too low: it takes this one.
    Role(SessionRole),
    /// An agent does not do it for its person.
    ForPeople,
    /// The caller has to sign in.
    SignIn,
}

impl Verdict {
    fn of(error: &Error, has_thing: bool) -> Self {
        let missing = error.details().and_then(|details| details["permission"].as_str());
        let role = error.details().and_then(|details| SessionRole::parse(details["role"].as_str()?));
        match (error.kind(), missing) {
            (Kind::NotAuthorized, Some(permission)) => Self::Missing(permission.into()),
            (Kind::NotAuthorized, None) => role.map_or(Self::ForPeople, Self::Role),
            (Kind::NotFound, _) if has_thing => Self::Unknown,
            (Kind::Unauthenticated, _) => Self::SignIn,
            _ => Self::Served,
        }
    }

    fn missing(permission: Permission) -> Self {
        Self::Missing(permission.name().into())
    }
}

/// What the table says of this asker. Stated here once more, apart from the code that is put to the test.
fn expected(case: &Case, asker: &Asker, whose: Whose) -> Verdict {
    let is_near = whose != Whose::Stranger;
    let is_related = |way: &&Way| match way.relation {
        Relation::Public => whose == Whose::Public,
        Relation::Tenant => is_near && asker.caller.is_some(),
        Relation::Owner => whose == Whose::Own && asker.caller.is_some(),
        Relation::Joined => whose.role().is_some() && asker.caller.is_some(),
        Relation::Holder(permission) => is_near && asker.has(permission),
        Relation::Itself => false,
    };
    let Some(way) = case.rule.iter().find(is_related) else {
        return if asker.caller.is_some() { Verdict::Unknown } else { Verdict::SignIn };
    };
    let unmet = way.needs.iter().find_map(|need| match *need {
        Need::Has(permission) => (!asker.has(permission)).then(|| Verdict::missing(permission)),
        Need::PersonHas(permission) => {
            (!asker.is_agent && !asker.has(permission)).then(|| Verdict::missing(permission))
        }
        Need::HasNamed => (!asker.has(HELD)).then(|| Verdict::missing(HELD)),
        Need::Role(least) => (whose.role() < Some(least)).then_some(Verdict::Role(least)),
        Need::Person => asker.is_agent.then_some(Verdict::ForPeople),
    });
    unmet.unwrap_or(Verdict::Served)
}

/// A list is refused as a whole, and holds a thing or not.
fn expected_of_list(case: &Case, asker: &Asker, whose: Whose) -> Verdict {
    match expected(case, asker, Whose::Own) {
        Verdict::Served => expected(case, asker, whose),
        refused => refused,
    }
}

/// All permissions that a rule speaks of.
fn permissions_of(case: &Case) -> Vec<Permission> {
    let relations = case.rule.iter().filter_map(|way| match way.relation {
        Relation::Holder(permission) => Some(permission),
        Relation::Public | Relation::Tenant | Relation::Owner | Relation::Joined | Relation::Itself => None,
    });
    let needs = case.rule.iter().flat_map(|way| way.needs).filter_map(|need| match need {
        Need::Has(permission) | Need::PersonHas(permission) => Some(*permission),
        Need::HasNamed => Some(HELD),
        Need::Person | Need::Role(_) => None,
    });
    let named: Vec<Permission> = relations.chain(needs).collect();
    Permission::ALL.iter().copied().filter(|permission| named.contains(permission)).collect()
}

#[tokio::test]
async fn services_do_what_the_table_says() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).may_leave_work().start().await;
        let (mut asked, mut wrong) = (0, Vec::new());
        for case in CASES {
            let name = format!("{} {}", case.kind, case.verb);
            if calls::NOT_FOR_USERS.contains(&&*name) || calls::NOT_REACHED.contains(&&*name) {
                continue;
            }
            for asker in askers(&app, &permissions_of(case)).await {
                if asker.caller.is_none() && name != "session Read" {
                    // Other services take a caller: nobody cannot even ask.
                    continue;
                }
                let differences = Whose::ALL.map(|whose| difference(&app, case, &asker, whose));
                asked += differences.len();
                wrong.extend(join_all(differences).await.into_iter().flatten());
            }
        }
        assert!(wrong.is_empty(), "{engine:?}: {} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(asked > 1_000, "{asked}");
    }
}

async fn difference(app: &TestGateway, case: &Case, asker: &Asker, whose: Whose) -> Option<String> {
    let things: Things = give(app, asker, whose).await;
    let has_thing = !matches!(case.verb, "Create")
        && !matches!(case.kind, "audit log" | "model settings" | "system" | "tenant");
    // What has no thing is asked of one's own place.
    if !has_thing && whose != Whose::Own {
        return None;
    }
    let told = match case.verb {
        "List" => expected_of_list(case, asker, whose),
        _ => expected(case, asker, whose),
    };
    let got = call(app, case, asker, &things).await;
    let got = got.map_or_else(|error| Verdict::of(&error, has_thing), |()| Verdict::Served);
    (got != told).then(|| {
        format!("{} {} by {} on {whose:?}: {got:?} in place of {told:?}", case.kind, case.verb, asker.name)
    })
}

#[test]
fn a_node_acts_for_itself_as_long_as_it_is_paired_and_reports_on_its_own_commands() {
    let node = make::node("node_1");
    let itself = NodeCaller { node: node.id.clone(), tenant: node.tenant_id.clone(), origin: Arc::default() };
    let other = NodeCaller { node: "node_2".into(), ..itself.clone() };
    let elsewhere = NodeCaller { tenant: "elsewhere".into(), ..itself.clone() };
    let command = make::node_command("cmd_1", "node_1");
    check::<_, Act>(&itself, &node).unwrap();
    check::<_, Report>(&itself, &command).unwrap();
    for stranger in [&other, &elsewhere] {
        assert_eq!(check::<_, Act>(stranger, &node).unwrap_err().kind(), Kind::NotFound);
        assert_eq!(check::<_, Report>(stranger, &command).unwrap_err().kind(), Kind::NotFound);
    }
    for status in NodeStatus::ALL.iter().filter(|status| **status != NodeStatus::Paired) {
        let unpaired = Node { status: *status, ..node.clone() };
        assert_eq!(check::<_, Act>(&itself, &unpaired).unwrap_err().kind(), Kind::NotFound, "{status:?}");
    }
    // What is for people is not for nodes.
    assert_eq!(check::<_, Read>(&itself, &node).unwrap_err().kind(), Kind::Unauthenticated);
}
