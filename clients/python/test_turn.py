"""The two Python clients on the gateway's chat hub: python -m unittest."""

import asyncio
import logging
import queue
import threading
import unittest

from pysignalr.client import SignalRClient
from pysignalr.exceptions import AuthorizationError
from pysignalr.protocol.messagepack import MessagepackProtocol
from signalrcore.hub_connection_builder import HubConnectionBuilder

from gateway import LIMIT, WHOLE, Gateway

EVENTS = ["StreamChunk", "ToolCallStarted", "ToolCallCompleted", "ReceiveMessage", "TaskCompleted", "TaskFailed"]
logging.disable(logging.CRITICAL)


def setUpModule():
    global gateway
    gateway = Gateway()


def tearDownModule():
    gateway.stop()


class Turn(unittest.TestCase):
    """What every client is to see of a turn."""

    def assert_whole(self, session, events):
        names = [name for name, _ in events]
        self.assertEqual(names[-1], "TaskCompleted", events[-1])
        once = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
        expected = ["StreamChunk", "ToolCallStarted", "ToolCallCompleted", "StreamChunk", "ReceiveMessage", "TaskCompleted"]
        self.assertEqual(once, expected)
        self.assertEqual("".join(data["delta"] for name, data in events if name == "StreamChunk"), WHOLE)
        received = next(data for name, data in events if name == "ReceiveMessage")
        self.assertEqual((received["sessionId"], received["role"], received["content"]), (session, "agent", WHOLE))
        self.assertEqual(received["toolCalls"][0]["result"], "42")
        self.assertGreater(events[-1][1]["tokensUsed"], 0)


class Signalrcore(Turn):
    def connect(self, token):
        hub = (
            HubConnectionBuilder()
            .with_url(f"{gateway.url}/hubs/chat?access_token={token}")
            .with_automatic_reconnect({"type": "raw", "keep_alive_interval": 10, "max_attempts": 1})
            .build()
        )
        # Its stop waits for the server's next word, which may be a ping in 15 s. Nobody need wait with it.
        self.addCleanup(lambda: threading.Thread(target=hub.stop, daemon=True).start())
        return hub

    def test_the_example_of_the_protocol_page(self):
        hub, events, opened = self.connect(gateway.token), queue.Queue(), threading.Event()
        hub.on_open(opened.set)
        for name in EVENTS:
            hub.on(name, lambda msg, name=name: events.put((name, msg[0])))
        hub.start()
        self.assertTrue(opened.wait(LIMIT))
        session = gateway.create_session()
        content = "what is six times seven?"
        hub.send("SendMessage", [{"sessionId": session, "agentId": "sophon", "content": content, "isStreaming": True}])
        told = [events.get(timeout=LIMIT)]
        while told[-1][0] not in ("TaskCompleted", "TaskFailed"):
            told.append(events.get(timeout=LIMIT))
        self.assert_whole(session, told)

    def test_a_bad_token_opens_nothing(self):
        with self.assertRaises(Exception) as refused:
            self.connect("rubbish").start()
        self.assertIn("401", repr(refused.exception))


class Pysignalr(unittest.IsolatedAsyncioTestCase, Turn):
    protocol = None

    def client(self, token):
        protocol = self.protocol() if self.protocol else None
        # Its access_token_factory is asked only after the negotiation, which needs the token already.
        headers = {"Authorization": f"Bearer {token}"}
        return SignalRClient(f"{gateway.url}/hubs/chat", protocol, headers=headers)

    async def test_a_turn(self):
        client, events, opened = self.client(gateway.token), asyncio.Queue(), asyncio.Event()

        async def on_open():
            opened.set()

        def keep(name):
            async def on_event(arguments):
                events.put_nowait((name, arguments[0]))

            return on_event

        client.on_open(on_open)
        for name in EVENTS:
            client.on(name, keep(name))
        running = asyncio.create_task(client.run())
        try:
            await asyncio.wait_for(opened.wait(), LIMIT)
            session = await asyncio.to_thread(gateway.create_session)
            answer = asyncio.get_running_loop().create_future()

            async def on_answer(message):
                answer.set_result(message.result)

            message = {"sessionId": session, "agentId": "sophon", "content": "what is six times seven?", "isStreaming": True}
            await client.send("SendMessage", [message], on_answer)
            sent = await asyncio.wait_for(answer, LIMIT)
            told = [await asyncio.wait_for(events.get(), LIMIT)]
            while told[-1][0] not in ("TaskCompleted", "TaskFailed"):
                told.append(await asyncio.wait_for(events.get(), LIMIT))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self.assert_whole(session, told)
        self.assertEqual((sent["sessionId"], sent["taskId"]), (session, told[-1][1]["taskId"]))

    async def test_a_bad_token_opens_nothing(self):
        with self.assertRaises(AuthorizationError):
            await asyncio.wait_for(self.client("rubbish").run(), LIMIT)


class PysignalrMessagePack(Pysignalr):
    protocol = MessagepackProtocol


if __name__ == "__main__":
    unittest.main()
