"""What every client does here: sign in, make sessions, send, read the answer, page a list, be refused."""

import os
import time

from openapi_client import ApiClient, ApiException, ChatSessionsApi, Configuration, IdentityAuthApi
from openapi_client.models import ErrorBody, Login, Message, MessageRole, MessageStatus, NewSession, SendMessage
from pydantic import SecretStr

LIMIT = 20  # seconds


def answer_in(api: ChatSessionsApi, session: str) -> Message:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        for message in api.list_messages(session).items:
            if message.role == MessageRole.AGENT and message.status == MessageStatus.DELIVERED:
                return message
        time.sleep(0.05)
    raise AssertionError("no answer came")


def main() -> None:
    configuration = Configuration(host=os.environ["GATEWAY_URL"])
    body = Login(email=os.environ["GATEWAY_EMAIL"], password=SecretStr(os.environ["GATEWAY_PASSWORD"]))
    configuration.access_token = IdentityAuthApi(ApiClient(configuration)).login(body).access_token
    api = ChatSessionsApi(ApiClient(configuration))

    made = [api.create_session(new_session=NewSession(title=title)).id for title in ("One", "Two", "Three")]
    sent = api.send_message(SendMessage(sessionId=made[0], content="Tea or coffee?"))
    assert sent.session_id == made[0]
    assert answer_in(api, made[0]).content == "Tea."

    listed = []
    cursor = None
    while True:
        page = api.list_sessions(limit=1, cursor=cursor)
        listed += [session.id for session in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(listed) == sorted(made), (listed, made)

    try:
        api.get_session("ses_nope")
    except ApiException as refused:
        assert refused.status == 404, refused
        assert isinstance(refused.data, ErrorBody) and refused.data.error.code == "not_found", refused
    else:
        raise AssertionError("a session that is not there was answered")


main()
