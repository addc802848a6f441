//! What operators see of background jobs, and what they do about those that failed.

use serde_json::Value;
use sophon_model::ports::ClaimJobs;
use sophon_model::{Job, JobId, Queue, Role};

use crate::app::TestApp;
use crate::client::{As, json};

/// Leaves a job that failed for good, of a kind that this release does not know.
async fn failed(app: &TestApp, id: &'static str) {
    let write = app.gateway.db.write(move |unit| {
        let now = unit.now();
        let job = Job::new(JobId::from(id), "old.kind", Queue::Delivery, json!({ "text": "private" }), now);
        unit.tx.enqueue_job(&job)?;
        let claim = ClaimJobs {
            queue: Queue::Delivery,
            holder: "test",
            now,
            lease_until: now,
            limit: 1,
            per_owner: None,
        };
        let claimed = unit.tx.claim_jobs(&claim)?.remove(0);
        unit.tx.bury_job(&claimed, "The receiver is gone.", now)
    });
    assert!(write.await.unwrap());
}

async fn failed_jobs(caller: &As<'_>) -> Vec<Value> {
    caller.get("/api/ops/jobs/dead").await.ok()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_job_that_failed_is_shown_without_its_content() {
    let app = TestApp::start().await;
    failed(&app, "job_1").await;
    let operator = app.colleague(Role::Operator).await;
    let shown = failed_jobs(&operator).await.remove(0);
    let now = &shown["createdAt"];
    let expected = json!({
        "id": "job_1", "kind": "old.kind", "queue": "delivery", "status": "dead", "taskId": null, "attempt": 1,
        "error": "The receiver is gone.", "createdAt": now, "runAt": now,
    });
    assert_eq!(shown, expected);
    let counts = operator.get("/api/ops/jobs").await.ok();
    let dead = json!({ "queue": "delivery", "status": "dead", "count": 1 });
    assert!(counts["items"].as_array().unwrap().contains(&dead), "{counts}");
}

#[tokio::test]
async fn a_job_that_failed_runs_again_when_it_is_told_to() {
    let app = TestApp::start().await;
    failed(&app, "job_1").await;
    let admin = app.admin().await;
    let again = admin.act("/api/ops/jobs/job_1/retry").await.expect(202);
    assert_eq!((&again["status"], &again["error"]), (&json!("ready"), &json!(null)));
    // This release has no handler for it, so it fails once more, for that reason.
    let job = app.until(async || failed_jobs(&admin).await.pop()).await;
    assert_eq!((&job["id"], &job["attempt"]), (&json!("job_1"), &json!(2)));
    assert_eq!(job["error"], "This version of Sophon has no handler for the kind of job.");
}

#[tokio::test]
async fn a_job_that_failed_is_deleted_once() {
    let app = TestApp::start().await;
    failed(&app, "job_1").await;
    let admin = app.admin().await;
    admin.delete("/api/ops/jobs/job_1").await.expect(204);
    assert_eq!(failed_jobs(&admin).await, Vec::<Value>::new());
    admin.delete("/api/ops/jobs/job_1").await.refused(404, "not_found");
    admin.act("/api/ops/jobs/job_1/retry").await.refused(404, "not_found");
}

#[tokio::test]
async fn only_those_who_look_after_the_system_see_and_change_jobs() {
    let app = TestApp::start().await;
    failed(&app, "job_1").await;
    let viewer = app.colleague(Role::Viewer).await;
    for path in ["/api/ops/jobs", "/api/ops/jobs/dead"] {
        viewer.get(path).await.refused(403, "not_authorized");
    }
    viewer.act("/api/ops/jobs/job_1/retry").await.refused(403, "not_authorized");
    viewer.delete("/api/ops/jobs/job_1").await.refused(403, "not_authorized");
    assert_eq!(failed_jobs(&app.admin().await).await.len(), 1);
}
