//! What every client does here: sign in, make sessions, send, read the answer, page a list, be refused.

use std::env;
use std::time::Duration;

use generated::types::{Login, Message, MessageRole, MessageStatus, NewSession, SendMessage, SessionId};
use generated::{Client, Error};
use reqwest::header::{AUTHORIZATION, HeaderMap};

#[allow(dead_code, reason = "there is far more in it than is used here")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

const LIMIT: Duration = Duration::from_secs(20);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

async fn answer_in(client: &Client, session: &SessionId) -> Result<Message> {
    loop {
        let page = client.list_messages(session, None, None, None, None, None).await?.into_inner();
        let is_answer = |message: &Message| {
            message.role == MessageRole::Agent && message.status == MessageStatus::Delivered
        };
        if let Some(answer) = page.items.into_iter().find(is_answer) {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let url = env::var("GATEWAY_URL")?;
    let login = Login { email: env::var("GATEWAY_EMAIL")?, password: env::var("GATEWAY_PASSWORD")? };
    let signed_in = Client::new(&url).login(&login).await?.into_inner();
    let bearer = format!("Bearer {}", signed_in.access_token);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer.parse()?)]);
    let client = reqwest::Client::builder().default_headers(headers).build()?;
    let client = Client::new_with_client(&url, client);

    let mut made = Vec::new();
    for title in ["One", "Two", "Three"] {
        let new = NewSession { title: Some(title.parse()?), ..NewSession::default() };
        made.push(client.create_session(None, Some(&new)).await?.into_inner().id);
    }
    let send: SendMessage =
        serde_json::from_value(serde_json::json!({ "sessionId": made[0], "content": "Tea or coffee?" }))?;
    let sent = client.send_message(None, None, &send).await?.into_inner();
    assert_eq!(sent.session_id, made[0]);
    let answer = tokio::time::timeout(LIMIT, answer_in(&client, &made[0])).await??;
    assert_eq!(answer.content, "Tea.");

    let mut listed = Vec::new();
    let mut cursor = None;
    loop {
        let (cursor_before, one) = (cursor.as_deref(), Some(1.try_into()?));
        let all = client
            .list_sessions(
                None, None, None, None, cursor_before, None, one, None, None, None, None, None, None, None, None, None,
            )
            .await?;
        let page = all.into_inner();
        listed.extend(page.items.into_iter().map(|session| session.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    made.sort();
    listed.sort();
    assert_eq!(listed, made);

    let Err(Error::ErrorResponse(refused)) = client.get_session(&"ses_nope".parse()?, None).await else {
        return Err("a session that is not there was answered".into());
    };
    assert_eq!((refused.status().as_u16(), refused.error.code.to_string()), (404, "not_found".into()));
    Ok(())
}
