"""What every client does here: sign in, make sessions, send, read the answer, page a list, be refused."""

import os
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TypeVar

from models import Accepted, ErrorBody, ListListedSession, ListMessage, Login, Message, MessageRole, MessageStatus, NewSession
from models import SendMessage, Session, SignedIn
from pydantic import BaseModel

URL = os.environ["GATEWAY_URL"]
LIMIT = 20  # seconds
Answer = TypeVar("Answer", bound=BaseModel)


def call(kind: type[Answer], path: str, body: BaseModel | None = None, token: str | None = None) -> Answer:
    """Sends a model, if there is one, and reads a model."""
    data = body.model_dump_json(by_alias=True, exclude_none=True).encode() if body else None
    request = urllib.request.Request(URL + path, data, {"content-type": "application/json"} if body else {})
    if token:
        request.add_header("authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:
        return kind.model_validate_json(answer.read())


def answer_in(session: str, token: str) -> Message:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        for message in call(ListMessage, f"/api/sessions/{session}/messages", token=token).items:
            if message.role == MessageRole.agent and message.status == MessageStatus.delivered:
                return message
        time.sleep(0.05)
    raise AssertionError("no answer came")


def main() -> None:
    body = Login(email=os.environ["GATEWAY_EMAIL"], password=os.environ["GATEWAY_PASSWORD"])
    token = call(SignedIn, "/api/auth/login", body).accessToken

    made = []
    for title in ("One", "Two", "Three"):
        made.append(call(Session, "/api/sessions", NewSession(title=title), token).id)
    send = SendMessage(sessionId=made[0], content="Tea or coffee?")
    assert call(Accepted, "/api/chat", send, token).sessionId == made[0]
    assert answer_in(made[0].root, token).content == "Tea."

    listed = []
    cursor = ""
    while True:
        page = call(ListListedSession, f"/api/sessions?limit=1&cursor={urllib.parse.quote(cursor)}", token=token)
        listed += [session.id for session in page.items]
        if page.nextCursor is None:
            break
        cursor = page.nextCursor
    assert {id.root for id in listed} == {id.root for id in made} and len(listed) == len(made)

    try:
        call(Session, "/api/sessions/ses_nope", token=token)
    except urllib.error.HTTPError as refused:
        assert refused.code == 404
        assert ErrorBody.model_validate_json(refused.read()).error.code == "not_found"
    else:
        raise AssertionError("a session that is not there was answered")


main()
