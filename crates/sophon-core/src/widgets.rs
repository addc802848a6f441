//! A pretend subject: this file stands for the folder that a new one needs in the core. Nothing else has to know it. How its
//! entity is kept is shown by the widgets of the store's conformance suite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sophon_model::ports::{
    ModelError, ModelEvent, ModelInfo, ModelProvider, ModelRequest, ModelStream, ModelToolCall, StopReason,
    ToolSpec,
};
use sophon_model::{Agent, Caller, Queue, Result, Risk, Task, TaskId, TaskStatus};
use sophon_testkit::{DenyAllFetch, FakeClock, MemoryKeys, SeededEntropy};

use crate::chat::SendMessage;
use crate::database::Unit;
use crate::gateway::Shared;
use crate::identity::SignInRates;
use crate::jobs::{Chore, JobKind, JobOptions, Next, Workers};
use crate::lifecycle::Lifecycle;
use crate::maintenance::Retention;
use crate::rates::Rates;
use crate::registry::Registry;
use crate::tasks::TaskEndHook;
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

#[async_trait]
impl ToolSource for WidgetTools {
    fn name(&self) -> &'static str {
        "widgets"
    }

    fn catalogue(&self) -> Vec<ToolSpec> {
        vec![PolishTool.spec()]
    }

    async fn tools(&self, _: &Caller, agent: &Agent) -> Result<Vec<Arc<dyn Tool>>> {
        let tool: Arc<dyn Tool> = Arc::new(PolishTool);
        Ok(if agent.slug == "sophon" { vec![tool] } else { Vec::new() })
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

/// A model that calls the tool if it is told of it, and then says that it is done.
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
        let has_called = request.messages.len() > 1;
        let is_told = request.tools.iter().any(|tool| tool.name == "widget.polish");
        let events = if is_told && !has_called {
            let (id, name) = ("a".into(), "widget.polish".into());
            let call = ModelToolCall { id, name, arguments: json!({}) };
            vec![ModelEvent::ToolCall(call), ModelEvent::Stop(StopReason::ToolCalls)]
        } else {
            vec![ModelEvent::Text("Done.".into()), ModelEvent::Stop(StopReason::Stop)]
        };
        Ok(stream::iter(events.into_iter().map(Ok)).boxed())
    }
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
        fetch: Arc::new(DenyAllFetch),
        providers: vec![Arc::new(Polite([model]))],
        lifecycle: Lifecycle::default(),
    };
    let settings = Settings {
        signing_key: [7; 32],
        rates: Rates::default(),
        sign_ins: SignInRates::default(),
        auto_admin: true,
        first_administrator: FirstAdministrator::default(),
        workers: Workers::default(),
        turn: TurnLimits::default(),
        retention: Retention::default(),
        buffer: 100,
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

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_has_jobs_tools_and_a_part_in_the_end_of_tasks_by_registering_them() {
    let (folder, widgets) = (tempfile::tempdir().unwrap(), Widgets::default());
    let gateway = gateway(&widgets, folder.path()).await;
    assert!(gateway.tools.catalogue().iter().any(|tool| tool.name == "widget.polish"));
    let admin = gateway.identity.auto_admin().unwrap().clone();
    let message = SendMessage {
        session: None,
        agent: None,
        content: "Polish the widget.".into(),
        channel_id: None,
        attachments: Vec::new(),
        is_streaming: true,
        local_id: None,
        reply_to: None,
        id: None,
    };
    let sent = gateway.chat.send(&admin, message, None).await.unwrap();
    until(|| widgets.0.lock().len() == 2).await;
    let fates = std::mem::take(&mut *widgets.0.lock());
    assert!(fates.contains(&Fate::Polished("w1".into())), "{fates:?}");
    assert!(fates.contains(&Fate::LeftBehindBy(sent.task_id, TaskStatus::Completed)), "{fates:?}");
    gateway.lifecycle.stop();
    assert!(gateway.lifecycle.finished(Duration::from_secs(30)).await);
}
