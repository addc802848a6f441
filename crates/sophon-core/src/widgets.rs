//! A pretend subject: this file stands for the folder that a new one needs in the core. Nothing else has to know it.
//! How its entity is kept is shown by the widgets of the store's conformance suite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sophon_blobs::FolderBlobs;
use sophon_model::ports::{
    Clock, ModelError, ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest, ModelStream,
    ModelToolCall, StopReason, ToolSpec, Tx,
};
use sophon_model::{Agent, Caller, Queue, Result, Risk, Task, TaskId, TaskStatus, ToolCallStatus};
use sophon_testkit::{
    DenyAllFetch, DenyAllProviders, FakeClock, MemoryCheckpoints, MemoryKeys, SeededEntropy,
};

use crate::attachments::Quotas;
use crate::chat::SendMessage;
use crate::connections::ConnectionLimits;
use crate::database::Unit;
use crate::gateway::Shared;
use crate::identity::SignInRates;
use crate::jobs::{Chore, JobKind, JobOptions, Next, Workers};
use crate::lifecycle::Lifecycle;
use crate::maintenance::Retention;
use crate::rates::Rates;
use crate::registry::Registry;
use crate::tasks::{TaskDetail, TaskEndHook};
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, ToolSource, spec};
use crate::turn::TurnLimits;
use crate::{FirstAdministrator, Gateway, Parts, Settings};

const KEPT: Duration = Duration::from_hours(2);

/// What became of the widgets.
#[derive(Debug, PartialEq)]
enum Fate {
    Polished(String),
    LeftBehindBy(TaskId, TaskStatus),
}

/// The subject.
#[derive(Clone, Default)]
struct Widgets(Arc<Mutex<Vec<Fate>>>);

impl Widgets {
    fn open(&self, _: &Shared, registry: &mut Registry) {
        registry.chore(Polisher(self.clone()));
        registry.task_end(self.clone());
        registry.tool_source(WidgetTools);
        registry.keep_for(KEPT, |_, _| Ok(0));
    }

    fn note(&self, unit: &mut Unit<'_>, fate: Fate) {
        let fates = self.0.clone();
        unit.after_commit(move || fates.lock().push(fate));
    }
}

/// The payload of its job.
#[derive(Serialize, Deserialize)]
struct Polish {
    widget: String,
}

impl JobKind for Polish {
    const NAME: &'static str = "widget.polish";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Does its jobs.
struct Polisher(Widgets);

impl Chore for Polisher {
    type Kind = Polish;

    fn run_in(&self, unit: &mut Unit<'_>, Polish { widget }: Polish) -> Result<Next> {
        self.0.note(unit, Fate::Polished(widget));
        Ok(Next::Done)
    }
}

impl TaskEndHook for Widgets {
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> Result<()> {
        self.note(unit, Fate::LeftBehindBy(task.id.clone(), task.status));
        Ok(())
    }
}

/// Gives its tool to one agent alone.
struct WidgetTools;

impl ToolSource for WidgetTools {
    fn catalogue(&self) -> Vec<ToolSpec> {
        vec![PolishTool.spec(), DropTool.spec()]
    }

    fn tools(&self, _: &dyn Tx, _: &Caller, agent: &Agent) -> Result<Vec<Arc<dyn Tool>>> {
        let tools: Vec<Arc<dyn Tool>> = vec![Arc::new(PolishTool), Arc::new(DropTool)];
        Ok(if agent.slug == "sophon" { tools } else { Vec::new() })
    }
}

/// Its tool.
struct PolishTool;

#[async_trait]
impl Tool for PolishTool {
    fn spec(&self) -> ToolSpec {
        spec("widget.polish", "Polishes a widget.", Risk::Low, &json!({}), &[])
    }

    async fn call(&self, context: &ToolContext, _: Value) -> std::result::Result<ToolOutput, ToolFailure> {
        let enqueued = context.held.write(|unit| {
            let options = JobOptions { dedupe_key: Some("w1".into()), ..JobOptions::default() };
            unit.enqueue(&Polish { widget: "w1".into() }, options)
        });
        enqueued.await?;
        Ok("It is in the queue.".into())
    }
}

/// A tool with a fault.
struct DropTool;

#[async_trait]
impl Tool for DropTool {
    fn spec(&self) -> ToolSpec {
        spec("widget.drop", "Drops a widget.", Risk::Low, &json!({}), &[])
    }

    async fn call(&self, _: &ToolContext, _: Value) -> std::result::Result<ToolOutput, ToolFailure> {
        panic!("a widget broke");
    }
}

/// A model that calls the tool which the message names, if it is offered, and then says that it is done. It has a fault
/// itself.
struct Polite([ModelInfo; 1]);

#[async_trait]
impl ModelProvider for Polite {
    fn id(&self) -> &'static str {
        "polite"
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn stream(&self, request: ModelRequest) -> std::result::Result<ModelStream, ModelError> {
        let Some(ModelMessage::User { content }) = request.messages.last() else {
            return Ok(said("Done."));
        };
        assert!(content != "Break.", "a model broke");
        if content == "Break later." {
            return Ok(said("So far").chain(stream::once(async { panic!("a stream broke") })).boxed());
        }
        let Some(tool) = request.tools.iter().find(|tool| *content == tool.name) else {
            return Ok(said("Done."));
        };
        let call = ModelToolCall { id: "a".into(), name: tool.name.clone(), arguments: json!({}) };
        let events = [ModelEvent::ToolCall(call), ModelEvent::Stop(StopReason::ToolCalls)];
        Ok(stream::iter(events.into_iter().map(Ok)).boxed())
    }
}

fn said(text: &str) -> ModelStream {
    let events = [ModelEvent::Text(text.into()), ModelEvent::Stop(StopReason::Stop)];
    stream::iter(events.map(Ok)).boxed()
}

async fn gateway(widgets: &Widgets, folder: &std::path::Path) -> Gateway {
    let url = format!("sqlite:{}", folder.join("sophon.db").display());
    let store = sophon_store::open(&url, &sophon_store::Options::default()).unwrap();
    let model = ModelInfo::unknown("polite", "polite");
    let parts = Parts {
        store,
        clock: Arc::new(FakeClock::default()),
        entropy: Arc::new(SeededEntropy::new(0)),
        master_keys: Arc::new(MemoryKeys::default()),
        blobs: Arc::new(FolderBlobs::open(folder.join("files"), FakeClock::default().now()).unwrap()),
        audit_checkpoints: Arc::new(MemoryCheckpoints::default()),
        fetch: Arc::new(DenyAllFetch),
        providers: vec![Arc::new(Polite([model]))],
        provider_factory: Arc::new(DenyAllProviders),
        identity_providers: Vec::new(),
        backplane: None,
        lifecycle: Lifecycle::default(),
    };
    let settings = Settings {
        name: "test:0".into(),
        signing_key: [7; 32],
        audit_key: [9; 32],
        rates: Rates::default(),
        sign_ins: SignInRates::default(),
        auto_admin: true,
        first_administrator: FirstAdministrator::default(),
        workers: Workers::default(),
        turn: TurnLimits::default(),
        retention: Retention::default(),
        quotas: Quotas::default(),
        buffer: 100,
        connections: ConnectionLimits::default(),
    };
    Gateway::open_with(parts, settings, |shared, registry| widgets.open(shared, registry)).await.unwrap()
}

async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it happens");
}

async fn send(gateway: &Gateway, content: &str) -> TaskId {
    let admin = gateway.identity.auto_admin().unwrap().clone();
    let message = SendMessage { content: content.into(), is_streaming: true, ..SendMessage::default() };
    gateway.chat.send(&admin, message).await.unwrap().task_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_has_jobs_tools_and_a_part_in_the_end_of_tasks_by_registering_them() {
    let (folder, widgets) = (tempfile::tempdir().unwrap(), Widgets::default());
    let gateway = gateway(&widgets, folder.path()).await;
    assert!(gateway.tools.catalogue().iter().any(|tool| tool.name == "widget.polish"));
    let task = send(&gateway, "widget.polish").await;
    until(|| widgets.0.lock().len() == 2).await;
    let fates = std::mem::take(&mut *widgets.0.lock());
    assert!(fates.contains(&Fate::Polished("w1".into())), "{fates:?}");
    assert!(fates.contains(&Fate::LeftBehindBy(task, TaskStatus::Completed)), "{fates:?}");
    gateway.lifecycle.stop();
    assert!(gateway.lifecycle.finished(Duration::from_secs(30)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_model_or_a_tool_ends_its_turn_with_an_error_and_nothing_else() {
    let (folder, widgets) = (tempfile::tempdir().unwrap(), Widgets::default());
    let gateway = gateway(&widgets, folder.path()).await;
    let admin = gateway.identity.auto_admin().unwrap().clone();
    for content in ["Break.", "Break later.", "widget.drop", "Hello"] {
        let sent = send(&gateway, content).await;
        until(|| !widgets.0.lock().is_empty()).await;
        let ended = widgets.0.lock().pop();
        let TaskDetail { task, tool_calls, .. } = gateway.tasks.get(&admin, &sent).await.unwrap();
        assert_eq!(ended, Some(Fate::LeftBehindBy(sent, task.status)), "{content}");
        let is_told = task.error.is_some_and(|error| !error.is_empty());
        match content {
            "Hello" => assert_eq!((task.status, is_told), (TaskStatus::Completed, false)),
            // The model reads of it, and the turn goes on.
            "widget.drop" => {
                assert_eq!((task.status, is_told), (TaskStatus::Completed, false));
                assert_eq!(tool_calls.last().map(|call| call.status), Some(ToolCallStatus::Failed));
            }
            _ => assert_eq!((task.status, is_told), (TaskStatus::Failed, true), "{content}"),
        }
    }
    gateway.lifecycle.stop();
    assert!(gateway.lifecycle.finished(Duration::from_secs(30)).await);
}
