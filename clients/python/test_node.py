"""The two Python clients as nodes: one returns what came of a command, the other says it by CommandResult."""

import asyncio
import logging
import threading
import unittest

from pysignalr.client import SignalRClient
from pysignalr.exceptions import AuthorizationError
from signalrcore.hub_connection_builder import HubConnectionBuilder

from gateway import LIMIT, Gateway

logging.disable(logging.CRITICAL)


def setUpModule():
    global gateway
    gateway = Gateway()


def tearDownModule():
    gateway.stop()


def pair():
    """Registers, approves and pairs a node; returns its id and token."""
    node = gateway.post("/api/nodes", {"displayName": "Python", "platform": "linux", "scopes": ["system.info"]})
    gateway.post(f"/api/nodes/{node['id']}/approve", {})
    pairing = {"nodeId": node["id"], "pairingSecret": node["pairingSecret"]}
    return node["id"], gateway.post("/api/nodes/me/pair", pairing)["token"]


def command(node):
    """Tells the node what to do; returns what came of it."""
    return gateway.post(f"/api/nodes/{node}/command", {"command": "system.info", "params": {"a": 1}})


class Signalrcore(unittest.TestCase):
    def test_it_answers_by_command_result(self):
        node, token = pair()
        hub = HubConnectionBuilder().with_url(f"{gateway.url}/hubs/node?access_token={token}").build()
        # Its stop waits for the server's next word, which may be a ping in 15 s. Nobody need wait with it.
        self.addCleanup(lambda: threading.Thread(target=hub.stop, daemon=True).start())
        told, beaten = threading.Event(), threading.Event()

        def execute(arguments):
            (order,) = arguments
            hub.send("CommandResult", [{"commandId": order["commandId"], "ok": True, "result": order["params"]}])

        hub.on_open(told.set)
        hub.on("ExecuteCommand", execute)
        hub.start()
        self.assertTrue(told.wait(LIMIT))
        hub.send("Heartbeat", [{"nodeId": node, "status": "online", "uptime": 7}], lambda _: beaten.set())
        self.assertTrue(beaten.wait(LIMIT))
        ended = command(node)
        self.assertEqual((ended["status"], ended["result"]), ("completed", {"a": 1}))


class Pysignalr(unittest.IsolatedAsyncioTestCase):
    def client(self, token):
        # Its access_token_factory is asked only after the negotiation, which needs the token already.
        return SignalRClient(f"{gateway.url}/hubs/node", headers={"Authorization": f"Bearer {token}"})

    async def test_what_it_returns_is_the_result(self):
        node, token = await asyncio.to_thread(pair)
        client, beaten = self.client(token), asyncio.Event()

        async def execute(arguments):
            return {"ok": True, "result": arguments[0]["params"]}

        async def on_open():
            async def on_answer(_):
                beaten.set()

            await client.send("Heartbeat", [{"nodeId": node, "status": "online", "uptime": 7}], on_answer)

        client.on_open(on_open)
        client.on("ExecuteCommand", execute)
        running = asyncio.create_task(client.run())
        try:
            await asyncio.wait_for(beaten.wait(), LIMIT)
            ended = await asyncio.wait_for(asyncio.to_thread(command, node), LIMIT)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self.assertEqual((ended["status"], ended["result"]), ("completed", {"a": 1}))

    async def test_a_person_is_not_let_in(self):
        with self.assertRaises(AuthorizationError):
            await asyncio.wait_for(self.client(gateway.token).run(), LIMIT)


if __name__ == "__main__":
    unittest.main()
