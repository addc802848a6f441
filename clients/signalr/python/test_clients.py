"""The two Python clients against the hub of the example `testhub`: python -m unittest.

`cargo build -p signalr --example testhub` makes the server; SIGNALR_TESTHUB names another one.
"""

import asyncio
import logging
import os
import pathlib
import subprocess
import threading
import unittest
import urllib.request

from pysignalr.client import ClientStream, SignalRClient
from pysignalr.exceptions import AuthorizationError, ServerError
from pysignalr.protocol.messagepack import MessagepackProtocol
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol
from signalrcore.subject import Subject
from signalrcore.types import HttpTransportType

BUILT = pathlib.Path(__file__).parents[3] / "target/debug/examples/testhub"
LIMIT = 10  # seconds
logging.disable(logging.CRITICAL)


def setUpModule():
    global server, url
    server = subprocess.Popen([os.environ.get("SIGNALR_TESTHUB", BUILT)], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().removeprefix("listening on ").strip()


def tearDownModule():
    server.kill()
    server.wait()
    server.stdout.close()


def token():
    with urllib.request.urlopen(f"{url}/generateJwtToken") as answer:
        return answer.read().decode()


class Pysignalr(unittest.IsolatedAsyncioTestCase):
    protocol = None

    def build(self, path, **options):
        if self.protocol:
            options["protocol"] = self.protocol()
        return SignalRClient(f"{url}{path}", **options)

    async def asyncSetUp(self):
        await self.start(self.build("/testhub"))

    async def start(self, client):
        self.client = client
        opened = asyncio.Event()

        async def on_open():
            opened.set()

        self.client.on_open(on_open)
        self.running = asyncio.create_task(self.client.run())
        await asyncio.wait_for(opened.wait(), LIMIT)

    async def asyncTearDown(self):
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def invoke(self, method, arguments):
        answer = asyncio.get_running_loop().create_future()

        async def on_invocation(message):
            answer.set_result(message)

        await self.client.send(method, arguments, on_invocation)
        return await asyncio.wait_for(answer, LIMIT)

    async def test_a_call_is_answered(self):
        self.assertEqual((await self.invoke("Echo", ["grüße"])).result, "grüße")

    async def test_the_server_calls_back(self):
        called = asyncio.get_running_loop().create_future()

        async def on_message(arguments):
            called.set_result(arguments)

        self.client.on("Message", on_message)
        await self.client.send("InvokeWithString", ["hello"])
        self.assertEqual(await asyncio.wait_for(called, LIMIT), ["hello"])

    async def test_streams_come(self):
        items, done = [], asyncio.Event()

        async def on_next(item):
            items.append(item)

        async def on_complete(_message):
            done.set()

        await self.client.stream("Stream", [], on_next, on_complete)
        await asyncio.wait_for(done.wait(), LIMIT)
        self.assertEqual(items, ["a", "b", "c"])

    async def test_streams_go_up(self):
        async with self.client.client_stream("StreamingConcat") as stream:
            for part in ["one", "two", "three"]:
                await stream.send(part)
        # The client does not wait for an answer; the connection still works.
        self.assertEqual((await self.invoke("Echo", ["after"])).result, "after")

    async def test_the_client_answers_the_server(self):
        async def on_result(_arguments):
            return 42

        self.client.on("Result", on_result)
        self.assertEqual((await self.invoke("AskMe", [])).result, 42)

    async def test_an_error_has_microsofts_words(self):
        told = asyncio.get_running_loop().create_future()

        async def on_error(message):
            told.set_result(message.error)

        self.client.on_error(on_error)
        await self.client.send("ThrowException", ["boom"], on_error)
        expected = "An unexpected error occurred invoking 'ThrowException' on the server. InvalidOperationException: boom"
        self.assertEqual(await asyncio.wait_for(told, LIMIT), expected)


    async def test_the_authorized_hub_wants_its_token(self):
        with self.assertRaises(AuthorizationError):
            await asyncio.wait_for(self.build("/authorizedhub").run(), LIMIT)
        await self.asyncTearDown()
        # The client negotiates without what its token factory gives.
        await self.start(self.build("/authorizedhub", headers={"Authorization": f"Bearer {token()}"}))
        self.assertEqual((await self.invoke("Echo", ["in"])).result, "in")

    async def test_a_message_that_is_too_large_ends_the_connection_with_a_reason(self):
        await self.client.send("Echo", ["x" * 40_000])
        with self.assertRaises(ServerError) as ended:
            await asyncio.wait_for(self.running, LIMIT)
        self.assertIn("maximum message size of 32768B was exceeded", ended.exception.message)


class PysignalrMessagePack(Pysignalr):
    protocol = MessagepackProtocol


class Signalrcore(unittest.TestCase):
    protocol = None

    def setUp(self):
        self.start(self.build("/testhub"))

    def build(self, path, **options):
        builder = HubConnectionBuilder().with_url(f"{url}{path}", options=options)
        return (builder.with_hub_protocol(self.protocol()) if self.protocol else builder).build()

    def start(self, hub):
        self.hub = hub
        opened = threading.Event()
        self.hub.on_open(opened.set)
        self.hub.start()
        self.assertTrue(opened.wait(LIMIT))

    def tearDown(self):
        # The client only stops when it has heard one more message, which may be the ping after 15 seconds.
        threading.Thread(target=self.hub.stop, daemon=True).start()

    def heard(self, act):
        """What `act` is told by the callback it hands on."""
        event, told = threading.Event(), []

        def callback(value):
            told.append(value)
            event.set()

        act(callback)
        self.assertTrue(event.wait(LIMIT))
        return told[0]

    def test_a_call_is_answered(self):
        answer = self.heard(lambda tell: self.hub.send("Echo", ["hello"], tell))
        self.assertEqual(answer.result, "hello")

    def test_the_server_calls_back(self):
        def act(tell):
            self.hub.on("Message", tell)
            self.hub.send("InvokeWithString", ["hello"])

        self.assertEqual(self.heard(act), ["hello"])

    def test_streams_come(self):
        # The client sends before it takes callbacks, so only a stream that takes its time is heard from the start.
        def act(tell):
            self.hub.stream("InfiniteStream", []).subscribe({"next": tell, "complete": tell, "error": tell})

        self.assertEqual(self.heard(act), 0)

    def test_streams_go_up(self):
        def act(tell):
            parts = Subject()
            self.hub.send("StreamingConcat", parts, tell)
            for part in ["one", "two", "three"]:
                parts.next(part)
            parts.complete()
            # The client hands out no answer of an upload; what comes next shows that it was taken.
            self.hub.send("Echo", ["after"], tell)

        self.assertEqual(self.heard(act).result, "after")

    def test_a_group_hears_what_is_said_in_it(self):
        self.heard(lambda tell: self.hub.send("JoinGroup", ["room"], tell))

        def act(tell):
            self.hub.on("GroupMessage", tell)
            self.hub.send("SendToGroup", ["room", "hello"])

        self.assertEqual(self.heard(act), ["hello"])

    def test_the_authorized_hub_wants_its_token(self):
        with self.assertRaises(Exception):
            self.build("/authorizedhub").start()
        self.tearDown()
        self.start(self.build("/authorizedhub", access_token_factory=token))
        answer = self.heard(lambda tell: self.hub.send("Echo", ["in"], tell))
        self.assertEqual(answer.result, "in")


class SignalrcoreLongPolling(Signalrcore):
    """It posts its handshake before its first poll, and takes one record of each poll."""

    # Its polls do not bear its token.
    test_the_authorized_hub_wants_its_token = None

    def build(self, path, **options):
        return super().build(path, transport=HttpTransportType.long_polling, **options)


class SignalrcoreServerSentEvents(Signalrcore):
    def build(self, path, **options):
        return super().build(path, transport=HttpTransportType.server_sent_events, **options)


class SignalrcoreMessagePack(Signalrcore):
    protocol = MessagePackHubProtocol
    # In this format the client begins an upload with an array that lacks the invocation's id.
    test_streams_go_up = None


if __name__ == "__main__":
    unittest.main()
