//! What tests may rely on.

use std::sync::Arc;

use sophon_model::{MessageRole, TaskStatus};
use sophon_testgateway::{Engine, Setup, SilentModel, TestGateway};

#[tokio::test]
async fn a_gateway_crashes_and_starts_again_on_the_same_data_on_each_engine() {
    for engine in Engine::available() {
        let test = Setup::default().on(engine).start().await;
        let sent = test.send("what is 2 + 3?").await;
        test.completed(&sent).await;
        let before = test.messages(&sent.session_id).await;
        assert_eq!(
            before.iter().filter(|message| message.role == MessageRole::Agent).count(),
            1,
            "{engine:?}"
        );

        let test = test.crash_and_restart(&[]).await;
        assert_eq!(test.messages(&sent.session_id).await, before, "{engine:?}");
        let more = test.send_to(&sent.session_id, "and 3 + 4?").await;
        test.completed(&more).await;
    }
}

#[tokio::test]
#[should_panic(expected = "the test leaves work behind")]
async fn a_test_fails_if_it_leaves_work() {
    let test = Setup::default().provider(Arc::new(SilentModel::default())).start().await;
    test.send("hello").await;
}

#[tokio::test]
async fn a_test_may_leave_work_if_it_says_so() {
    let test = Setup::default().provider(Arc::new(SilentModel::default())).may_leave_work().start().await;
    let sent = test.send("hello").await;
    assert!(!test.task(&sent.task_id).await.status.is_final());
}

#[tokio::test]
async fn work_that_ends_by_itself_may_be_waited_for_by_the_end_of_the_test() {
    let test = TestGateway::offline().await;
    let sent = test.send("hello").await;
    assert_ne!(test.task(&sent.task_id).await.status, TaskStatus::Failed);
}
