"""What every client does here: sign in, make sessions, send, read the answer, page a list, be refused."""

import os
import time

from sophon_client import AuthenticatedClient, Client
from sophon_client.api.chat_sessions import create_session, get_session, list_messages, list_sessions, send_message
from sophon_client.api.identity_auth import login
from sophon_client.models import Accepted, ErrorBody, ListListedSession, ListMessage, Login, Message, MessageRole, MessageStatus
from sophon_client.models import NewSession, SendMessage, Session, SignedIn

URL = os.environ["GATEWAY_URL"]
LIMIT = 20  # seconds


def answer_in(client: AuthenticatedClient, session: str) -> Message:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        page = list_messages.sync(session, client=client)
        assert isinstance(page, ListMessage)
        for message in page.items:
            if message.role == MessageRole.AGENT and message.status == MessageStatus.DELIVERED:
                return message
        time.sleep(0.05)
    raise AssertionError("no answer came")


def main() -> None:
    body = Login(email=os.environ["GATEWAY_EMAIL"], password=os.environ["GATEWAY_PASSWORD"])
    signed_in = login.sync(client=Client(base_url=URL), body=body)
    assert isinstance(signed_in, SignedIn)
    client = AuthenticatedClient(base_url=URL, token=signed_in.access_token)

    made = []
    for title in ("One", "Two", "Three"):
        session = create_session.sync(client=client, body=NewSession(title=title))
        assert isinstance(session, Session)
        made.append(session.id)
    sent = send_message.sync(client=client, body=SendMessage(session_id=made[0], content="Tea or coffee?"))
    assert isinstance(sent, Accepted) and sent.session_id == made[0]
    assert answer_in(client, made[0]).content == "Tea."

    listed = []
    cursor = ""
    while True:
        page = list_sessions.sync(client=client, limit=1, cursor=cursor)
        assert isinstance(page, ListListedSession)
        listed += [session.id for session in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert sorted(listed) == sorted(made), (listed, made)

    refused = get_session.sync_detailed("ses_nope", client=client)
    assert refused.status_code == 404
    assert isinstance(refused.parsed, ErrorBody) and refused.parsed.error.code == "not_found"


main()
