//! Actions that need something which the table of operations does not prepare: one entry each, too.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sophon_core::approvals::Answer;
use sophon_core::chat::EditMessage;
use sophon_core::discussions::NewDiscussion;
use sophon_core::nodes::{NewNode, Outcome, SendCommand};
use sophon_model::{NewPanelist, NodeScope};
use sophon_testgateway::{ADMIN_PASSWORD, TestGateway};
use sophon_testkit::{ModelServer, Script};

use super::{actions, entries};
use crate::approvals::pending_approvals;
use crate::harness::Harness;

/// How often each action is told.
async fn assert_told_once(app: &TestGateway, expected: &[&str]) {
    let told = actions(app).await;
    for action in expected {
        let count = told.iter().filter(|told| told == action).count();
        assert_eq!(count, 1, "{action} in {told:?}");
    }
}

#[tokio::test]
async fn a_machine_is_told_of_from_its_registration_to_what_became_of_a_command() {
    let app = Harness::offline().await;
    let machine = app.machine(&[NodeScope::SystemInfo]).await;
    let (nodes, admin, node) = (app.gateway.nodes.clone(), app.admin(), machine.node.clone());
    let send = SendCommand { node, command: "system.info".into(), params: json!({}), time: None };
    let waiting = tokio::spawn(async move { nodes.command(&admin, send).await });
    let taken = app.gateway.nodes.take_commands(&machine, Duration::from_secs(10)).await.unwrap().remove(0);
    let done = Outcome::Done(json!({ "os": "a secret of the machine" }));
    app.gateway.nodes.report(&machine, &taken.id, done).await.unwrap();
    waiting.await.unwrap().unwrap();

    let new = NewNode { name: "Attic".into(), platform: "linux".into(), scopes: Vec::new() };
    let other = app.gateway.nodes.register(&app.admin(), new).await.unwrap();
    app.gateway.nodes.reject(&app.admin(), &other.node.id).await.unwrap();
    app.gateway.nodes.pair(&other.node.id, "wrong", Arc::default()).await.unwrap_err();

    let once = ["node.approve", "node_command.send", "node_command.report", "node.reject"];
    assert_told_once(&app, &once).await;
    let all = entries(&app).await;
    let told = |action: &str| all.iter().filter(|entry| entry.action == action).collect::<Vec<_>>();
    assert_eq!(told("node.register").len(), 2);
    assert_eq!(told("node_command.report")[0].node_id.as_ref(), Some(&machine.node));
    assert!(!format!("{all:?}").contains("a secret of the machine"));
}

#[tokio::test]
async fn an_edited_approval_and_message_a_second_answer_a_discussion_and_a_password_are_told() {
    let model = ModelServer::start(|_| Script::say("Tea keeps.")).await;
    let app = Harness::with_models(&[&model]).await;
    let (admin, gateway) = (app.admin(), &app.gateway);
    let asked = pending_approvals(&app, "memory.write", 1).await.remove(0);
    let edit = Answer::Edit { arguments: json!({ "content": "a private note" }) };
    gateway.approvals.answer(&admin, &asked.id, edit).await.unwrap();

    let sent = app.send("calculate 1+1").await;
    app.completed(&sent).await;
    let again = gateway.chat.regenerate(&admin, &sent.session_id, None).await.unwrap();
    app.completed(&again).await;
    let (session, message) = (sent.session_id.clone(), sent.message_id.clone());
    let edit = EditMessage { session, message, content: "calculate 2+2".into(), model: None };
    let edited = gateway.chat.edit(&admin, edit).await.unwrap();
    app.completed(&edited).await;

    let panelists = ["Ada", "Bob"].map(|name| NewPanelist {
        name: Some(name.into()),
        persona: Some(format!("{name} likes tea.")),
        ..NewPanelist::default()
    });
    let new = NewDiscussion { topic: "Tea?".into(), panelists: panelists.into(), ..NewDiscussion::default() };
    let planned = gateway.discussions.create(&admin, new).await.unwrap();
    let run = gateway.discussions.start(&admin, &planned.id).await.unwrap();
    app.until(async || {
        let detail = gateway.discussions.run(&admin, &run.id).await.unwrap();
        detail.run.status.is_final().then_some(())
    })
    .await;

    let new_password = "another horse, another staple";
    gateway.identity.change_password(&admin, ADMIN_PASSWORD.into(), new_password.into()).await.unwrap();

    let once = [
        "approval.edit",
        "message.regenerate",
        "message.edit",
        "discussion_run.start",
        "user.change_password",
    ];
    assert_told_once(&app, &once).await;
    let all = format!("{:?}", entries(&app).await);
    for private in ["a private note", "calculate", "Tea keeps", new_password, ADMIN_PASSWORD] {
        assert!(!all.contains(private), "{private}");
    }
}
