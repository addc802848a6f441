"""A Python client on the gateway's discussion hub: python -m unittest."""

import asyncio
import unittest

from pysignalr.client import SignalRClient
from pysignalr.protocol.messagepack import MessagepackProtocol

from gateway import LIMIT, VERDICT, Gateway

IN_ORDER = ["DiscussionStarted", "RoundStarted", "TurnStarted", "TurnCompleted", "JudgeStarted", "Verdict"]
ENDINGS = ["DiscussionCompleted", "DiscussionFailed", "DiscussionCancelled"]


def setUpModule():
    global gateway
    gateway = Gateway()


def tearDownModule():
    gateway.stop()


def start_run():
    """A run in which an agent and a persona argue once."""
    panelists = ["sophon", {"name": "Ada", "persona": "You doubt."}]
    planned = gateway.post("/api/discussions", {"topic": "Tea or coffee?", "panelists": panelists, "rounds": 1})
    return gateway.post(f"/api/discussions/{planned['id']}/runs", {})


class Discussion(unittest.IsolatedAsyncioTestCase):
    protocol = None

    async def test_a_run_from_its_start_to_its_verdict(self):
        protocol = self.protocol() if self.protocol else None
        headers = {"Authorization": f"Bearer {gateway.token}"}
        client = SignalRClient(f"{gateway.url}/hubs/discussion", protocol, headers=headers)
        events, opened = asyncio.Queue(), asyncio.Event()

        async def on_open():
            opened.set()

        def keep(name):
            async def on_event(arguments):
                events.put_nowait((name, arguments[0]))

            return on_event

        client.on_open(on_open)
        for name in IN_ORDER + ENDINGS:
            client.on(name, keep(name))
        running = asyncio.create_task(client.run())
        try:
            await asyncio.wait_for(opened.wait(), LIMIT)
            run = await asyncio.to_thread(start_run)
            await client.send("Subscribe", [{"runId": run["runId"], "since": 0}])
            told = [await asyncio.wait_for(events.get(), LIMIT)]
            while told[-1][0] not in ENDINGS:
                told.append(await asyncio.wait_for(events.get(), LIMIT))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        names = [name for name, _ in told]
        # Who speaks at the same time ends in any order.
        self.assertEqual(list(dict.fromkeys(names)), [*IN_ORDER, "DiscussionCompleted"])
        self.assertEqual(next(data for name, data in told if name == "Verdict")["verdict"], VERDICT)
        self.assertTrue(all(data["runId"] == run["runId"] for _, data in told))


class DiscussionMessagePack(Discussion):
    protocol = MessagepackProtocol


if __name__ == "__main__":
    unittest.main()
