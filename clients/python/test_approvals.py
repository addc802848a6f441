"""A Python client on the gateway's approvals hub: python -m unittest."""

import asyncio
import unittest

from pysignalr.client import SignalRClient
from pysignalr.protocol.messagepack import MessagepackProtocol

from gateway import LIMIT, Gateway


def setUpModule():
    global gateway
    gateway = Gateway()


def tearDownModule():
    gateway.stop()


class Approvals(unittest.IsolatedAsyncioTestCase):
    protocol = None

    async def test_what_is_asked_is_told_and_the_first_answer_counts(self):
        protocol = self.protocol() if self.protocol else None
        headers = {"Authorization": f"Bearer {gateway.token}"}
        client = SignalRClient(f"{gateway.url}/hubs/approvals", protocol, headers=headers)
        asked, resolved, opened = asyncio.Queue(), asyncio.Queue(), asyncio.Event()

        async def on_open():
            opened.set()

        async def on_asked(arguments):
            asked.put_nowait(arguments[0])

        async def on_resolved(arguments):
            resolved.put_nowait(arguments[0])

        client.on_open(on_open)
        client.on("ApprovalRequested", on_asked)
        client.on("ApprovalResolved", on_resolved)
        running = asyncio.create_task(client.run())
        try:
            await asyncio.wait_for(opened.wait(), LIMIT)
            sent = await asyncio.to_thread(gateway.post, "/api/chat", {"content": "forget everything"})
            approval = await asyncio.wait_for(asked.get(), LIMIT)
            self.assertEqual((approval["taskId"], approval["toolName"]), (sent["taskId"], "memory.forget_all"))
            answer = asyncio.get_running_loop().create_future()

            async def on_answer(message):
                answer.set_result(message.error)

            await client.send("Reject", [{"approvalId": approval["id"], "reason": "Not today."}], on_answer)
            self.assertIsNone(await asyncio.wait_for(answer, LIMIT))
            outcome = await asyncio.wait_for(resolved.get(), LIMIT)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self.assertEqual((outcome["id"], outcome["outcome"]), (approval["id"], "rejected"))
        self.assertEqual(outcome["outcomeDetail"], "Not today.")


class ApprovalsMessagePack(Approvals):
    protocol = MessagepackProtocol


if __name__ == "__main__":
    unittest.main()
