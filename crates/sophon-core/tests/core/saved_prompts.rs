//! Prompts that people keep, for themselves and for all in the tenant.

use sophon_core::saved_prompts::{MOST_PRIVATE_PROMPTS, NewSavedPrompt, SavedPromptChange};
use sophon_model::{
    Caller, Kind, Page, Permission, Permissions, Result, Role, SavedPrompt, SavedPromptId, User, UserId,
};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::make;

fn new(command: &str, is_shared: bool) -> NewSavedPrompt {
    let content = "Summarise {{text}} in {{sentences=3}} sentences.".into();
    NewSavedPrompt { command: command.into(), content, is_shared, ..NewSavedPrompt::default() }
}

fn share(is_shared: bool) -> SavedPromptChange {
    SavedPromptChange { is_shared: Some(is_shared), ..SavedPromptChange::default() }
}

/// A user of the administrator's tenant with this role.
async fn colleague(app: &TestGateway, role: Role) -> Caller {
    let permissions = role.permissions(|_| Err("not built in")).unwrap();
    with_role(app, role, permissions).await
}

async fn with_role(app: &TestGateway, role: Role, permissions: Permissions) -> Caller {
    let admin = app.admin();
    let tenant_id = admin.tenant.clone();
    let of_user = role.clone();
    let write = app.gateway.db.write(move |unit| {
        let user = User { tenant_id, created_at: unit.now(), ..make::user(unit.new_id::<UserId>()) };
        make::register(unit.tx, &user, of_user)?;
        Ok(user.id)
    });
    Caller { user: write.await.unwrap(), role, permissions, ..admin }
}

async fn commands(app: &TestGateway, caller: &Caller) -> Vec<String> {
    let list = app.gateway.saved_prompts.list(caller, Page::new(None, None)).await.unwrap();
    list.items.into_iter().map(|prompt| prompt.command).collect()
}

#[tokio::test]
async fn a_private_prompt_is_its_owners_and_a_shared_one_everybodys() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (prompts, admin) = (&app.gateway.saved_prompts, app.admin());
        let (ann, vera) = (colleague(&app, Role::Operator).await, colleague(&app, Role::Viewer).await);
        let own = prompts.create(&ann, new("/Mine", false)).await.unwrap();
        let shared = prompts.create(&ann, new("ours", true)).await.unwrap();
        assert_eq!((own.command.as_str(), own.title.as_str()), ("mine", "mine"));
        assert_eq!(commands(&app, &ann).await, ["mine", "ours"], "{engine:?}");
        assert_eq!(commands(&app, &vera).await, ["ours"], "{engine:?}");
        assert_eq!(prompts.get(&admin, &own.id).await.unwrap_err().kind(), Kind::NotFound);

        let change = || SavedPromptChange { title: Some("T".into()), ..SavedPromptChange::default() };
        let refused = prompts.update(&vera, &shared.id, change()).await.unwrap_err();
        assert_eq!(refused.details().unwrap()["permission"], "ManagePrompts");
        assert_eq!(prompts.update(&admin, &shared.id, change()).await.unwrap().title, "T");
        // Whoever takes a shared one out of the list has it, so that it is never nobody's.
        let taken = prompts.update(&admin, &shared.id, share(false)).await.unwrap();
        assert_eq!(
            (taken.owner_id, commands(&app, &ann).await),
            (admin.user.clone(), vec!["mine".to_owned()])
        );
        prompts.update(&ann, &own.id, share(true)).await.unwrap();
        prompts.delete(&admin, &own.id).await.unwrap();
        assert!(commands(&app, &ann).await.is_empty());
    }
}

#[tokio::test]
async fn sharing_takes_a_permission() {
    let app = TestGateway::offline().await;
    let (prompts, admin) = (&app.gateway.saved_prompts, app.admin());
    let role = app.gateway.roles.create(&admin, "Writer", vec![Permission::SendMessages]).await.unwrap();
    let writer = with_role(&app, role.role, Permissions::of(&[Permission::SendMessages])).await;
    let own = prompts.create(&writer, new("mine", false)).await.unwrap();
    for refused in [
        prompts.create(&writer, new("ours", true)).await,
        prompts.update(&writer, &own.id, share(true)).await,
    ] {
        assert_eq!(refused.unwrap_err().details().unwrap()["permission"], "ManagePrompts");
    }
}

#[tokio::test]
async fn a_command_names_one_private_and_one_shared_prompt() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (prompts, admin) = (&app.gateway.saved_prompts, app.admin());
        let ann = colleague(&app, Role::Operator).await;
        for is_shared in [false, true] {
            prompts.create(&admin, new("plan", is_shared)).await.unwrap();
            let again = prompts.create(&admin, new("PLAN", is_shared)).await.unwrap_err();
            assert_eq!((again.code(), again.field()), ("command_taken", Some("command")));
            assert_eq!(again.message(), "Another prompt has this command. Choose another command.");
        }
        let own = prompts.create(&ann, new("plan", false)).await.unwrap();
        assert_eq!(prompts.update(&ann, &own.id, share(true)).await.unwrap_err().kind(), Kind::Conflict);
        let other = prompts.create(&ann, new("other", false)).await.unwrap();
        let rename = SavedPromptChange { command: Some("plan".into()), ..SavedPromptChange::default() };
        assert_eq!(prompts.update(&ann, &other.id, rename).await.unwrap_err().kind(), Kind::Conflict);
        assert_eq!(commands(&app, &ann).await, ["plan", "plan", "other"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_user_keeps_a_bounded_number_of_prompts() {
    let app = TestGateway::offline().await;
    let admin = app.admin();
    let (tenant, user) = (admin.tenant.clone(), admin.user.clone());
    let fill = app.gateway.db.write(move |unit| {
        (0..MOST_PRIVATE_PROMPTS).try_for_each(|_| -> Result<()> {
            let id = unit.new_id::<SavedPromptId>();
            unit.tx.insert(&make::saved_prompt(id, tenant.clone(), user.clone()))
        })
    });
    fill.await.unwrap();
    let refused = app.gateway.saved_prompts.create(&admin, new("more", false)).await.unwrap_err();
    assert_eq!(refused.message(), "There are 500 private prompts already. Delete one that is not used.");
    app.gateway.saved_prompts.create(&admin, new("more", true)).await.unwrap();
}

#[tokio::test]
async fn a_deleted_user_leaves_the_shared_prompts_behind() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (prompts, admin) = (&app.gateway.saved_prompts, app.admin());
        let ann = colleague(&app, Role::Operator).await;
        let own = prompts.create(&ann, new("mine", false)).await.unwrap();
        prompts.create(&ann, new("ours", true)).await.unwrap();
        app.gateway.users.delete(&admin, &ann.user, None).await.unwrap();
        assert_eq!(commands(&app, &admin).await, ["ours"], "{engine:?}");
        let left: Option<SavedPrompt> = app.gateway.db.read(move |tx| tx.get(&own.id)).await.unwrap();
        assert_eq!(left, None, "{engine:?}");
    }
}
