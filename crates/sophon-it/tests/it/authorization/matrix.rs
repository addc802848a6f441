//! Every operation and every hub method, with every kind of credential.

use std::collections::BTreeSet;

use sophon_model::Permission;

use super::asker::{Asker, Cast, Is, Verdict};
use super::calls::{call, invoke};
use super::fixtures::{Belongings, belongings, command_of};
use super::table::{HUBS, Line, REST, Who};
use crate::support::App;

/// Fails unless there is one line for each thing that can be called, and says which one to add.
fn assert_complete(table: &[Line], file: &str, callable: impl IntoIterator<Item = String>) {
    let callable: BTreeSet<String> = callable.into_iter().collect();
    // What an operation requires in its query stands behind its path.
    let path = |line: &Line| line.operation.split('?').next().unwrap_or_default().to_owned();
    let lines: BTreeSet<String> = table.iter().map(path).collect();
    assert_eq!(lines.len(), table.len(), "an operation has one line");
    let missing: Vec<String> = callable
        .difference(&lines)
        .map(|operation| {
            format!("line(\"{operation}\", <Public|SignedIn|Having(P)|Owner|OwnerHaving(P)|Node>, \"<thing>\", \"<json>\"),")
        })
        .collect();
    assert!(missing.is_empty(), "add to {file} of authorization/table.rs:\n    {}\n", missing.join("\n    "));
    let gone: Vec<_> = lines.difference(&callable).collect();
    assert!(gone.is_empty(), "take out of {file} of authorization/table.rs, nothing answers to it: {gone:?}");
}

fn operations() -> Vec<String> {
    let document = serde_json::to_value(sophon_rest::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &serde_json::Value)| -> Vec<String> {
        item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn every_operation_of_rest_has_a_line() {
    assert_complete(REST, "REST", operations());
}

#[tokio::test]
async fn every_method_of_a_hub_has_a_line() {
    let app = App::for_many().await;
    let methods = app.started.hubs.methods();
    assert_complete(HUBS, "HUBS", methods.into_iter().map(|(hub, method)| format!("{hub} {method}")));
}

#[tokio::test]
async fn the_document_describes_every_method_of_a_hub() {
    let app = App::for_many().await;
    let called = app.started.hubs.methods().into_iter().map(|(hub, method)| format!("{hub} {method}"));
    let document = serde_json::to_value(sophon_rest::openapi()).unwrap();
    let hubs = document["x-hubs"].as_object().unwrap();
    let described = hubs.iter().flat_map(|(hub, about)| {
        about["methods"].as_object().unwrap().keys().map(move |method| format!("{hub} {method}"))
    });
    assert_eq!(described.collect::<BTreeSet<_>>(), called.collect::<BTreeSet<_>>());
}

/// The things that the caller names: its own. An anonymous caller names the administrator's.
async fn own(app: &App, asker: &Asker) -> Belongings {
    let gateway = &app.started.gateway;
    match &asker.is {
        Is::Person(person) | Is::ApiToken(person) => belongings(gateway, &person.caller).await,
        Is::Nobody => belongings(gateway, &app.admin().await.caller).await,
        Is::Node(node) => {
            let mut has = belongings(gateway, &app.admin().await.caller).await;
            has.insert("command", command_of(gateway, node).await);
            has
        }
    }
}

/// A call as REST answers it.
async fn rest_verdict(app: &App, line: &Line, asker: &Asker) -> Result<Verdict, String> {
    let has = own(app, asker).await;
    let token = match (&asker.is, &asker.token) {
        // The call ends the sign-in that it lives by.
        (Is::Person(person), Some(_)) if line.operation == "POST /api/auth/logout" => {
            Some(person.sign_in().await)
        }
        (_, token) => token.clone(),
    };
    let answer = call(app, line, token.as_deref(), &has).await;
    let permission = answer.body["error"]["details"]["permission"].as_str();
    match (answer.status, permission.map(named)) {
        (401, _) => Ok(Verdict::Unauthenticated),
        (403, Some(permission)) => Ok(Verdict::Missing(permission)),
        (403, None) => Ok(Verdict::NotForPeople),
        // What is asked for is there, the caller's, and asked for well. Only who may be anybody may send anything.
        (400 | 422, _) if line.who == Who::Public => Ok(Verdict::Served),
        // No identity provider is configured, and whoever may ask is told so.
        (404, _) if line.operation.contains("{provider}") => Ok(Verdict::Served),
        (400 | 404 | 405 | 422 | 500.., _) => Err(format!("{answer:?}")),
        _ => Ok(Verdict::Served),
    }
}

/// A call as a hub answers it.
async fn hub_verdict(app: &App, line: &Line, asker: &Asker) -> Result<Verdict, String> {
    let has = own(app, asker).await;
    match invoke(app, line, asker.token.as_deref(), &has).await {
        // A hub for nodes knows no people.
        Err(401) if line.who == Who::Node && matches!(asker.is, Is::Person(_) | Is::ApiToken(_)) => {
            Ok(Verdict::NotForPeople)
        }
        Err(401) => Ok(Verdict::Unauthenticated),
        Err(status) => Err(format!("the connection was refused with {status}")),
        Ok(None) => Ok(Verdict::Served),
        Ok(Some(error)) => match error.split_once("Missing required permission: ") {
            Some((_, permission)) => Ok(Verdict::Missing(named(permission))),
            None if ["conflict", "not_editable"].iter().any(|code| error.contains(code)) => {
                Ok(Verdict::Served)
            }
            None => Err(error),
        },
    }
}

fn named(name: &str) -> Permission {
    let found = Permission::ALL.iter().find(|permission| permission.name() == name);
    *found.unwrap_or_else(|| panic!("{name} is a permission"))
}

/// All that is not as the table says. What is refused is tried first, and must leave no trace: nothing else goes on.
async fn differences(
    app: &App,
    table: &[Line],
    judge: impl AsyncFn(&App, &Line, &Asker) -> Result<Verdict, String>,
) -> (usize, Vec<String>) {
    let cast = Box::pin(Cast::of(app)).await;
    let bus = app.started.gateway.db.bus();
    let (mut cells, mut wrong) = (0, Vec::new());
    for is_served in [false, true] {
        for line in table {
            for asker in cast.for_line(line.who) {
                let expected = asker.verdict(line.who);
                if (expected == Verdict::Served) != is_served {
                    continue;
                }
                cells += 1;
                let before = bus.position();
                let found = judge(app, line, asker).await;
                if found != Ok(expected) {
                    wrong.push(format!(
                        "{} by {}: {found:?} instead of {expected:?}",
                        line.operation, asker.name
                    ));
                }
                if !is_served && bus.position() != before {
                    wrong.push(format!(
                        "{} by {}: refused, and an event was told",
                        line.operation, asker.name
                    ));
                }
            }
        }
    }
    (cells, wrong)
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_serves_whom_the_table_names_and_refuses_everybody_else() {
    let app = App::for_many().await;
    let (cells, wrong) = differences(&app, REST, rest_verdict).await;
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cells, REST.len() * 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_serve_whom_the_table_names_and_refuse_everybody_else() {
    let app = App::for_many().await;
    let (cells, wrong) = differences(&app, HUBS, hub_verdict).await;
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cells, HUBS.len() * 10);
}

/// The proof that the above can fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_wrong_is_found_out() {
    let app = App::for_many().await;
    let wrong = |line: &Line, who| Line { who, ..*line };
    let agents = REST.iter().find(|line| line.operation == "GET /api/agents").unwrap();
    let (_, found) =
        differences(&app, &[wrong(agents, Who::Having(Permission::ManageAgents))], rest_verdict).await;
    assert_eq!(found.len(), 2, "the Viewer and the role without it are served: {found:?}");
    let watch = HUBS.iter().find(|line| line.operation == "/hubs/tasks Watch").unwrap();
    let (_, found) = differences(&app, &[wrong(watch, Who::SignedIn)], hub_verdict).await;
    assert_eq!(found.len(), 1, "the role without any permission is refused: {found:?}");
}
