"""Announcements reach everybody in the tenant, whoever they are, and nobody in another one."""

import logging
import queue
import threading
import unittest

from signalrcore.hub_connection_builder import HubConnectionBuilder

from gateway import LIMIT, Gateway

logging.disable(logging.CRITICAL)


def setUpModule():
    global gateway
    gateway = Gateway()


def tearDownModule():
    gateway.stop()


class Announcements(unittest.TestCase):
    def listen(self, token):
        """What a client of the notifications hub is told of announcements, as it comes."""
        told, opened = queue.Queue(), threading.Event()
        hub = HubConnectionBuilder().with_url(f"{gateway.url}/hubs/notifications?access_token={token}").build()
        # Its stop waits for the server's next word, which may be a ping in 15 s. Nobody need wait with it.
        self.addCleanup(lambda: threading.Thread(target=hub.stop, daemon=True).start())
        hub.on_open(opened.set)
        hub.on("SystemAnnouncement", lambda arguments: told.put(arguments[0]))
        hub.start()
        self.assertTrue(opened.wait(LIMIT))
        return told

    def announce(self, title, token):
        announcement = {"title": title, "body": "At nine.", "severity": "warning"}
        own, gateway.token = gateway.token, token
        try:
            return gateway.post("/api/admin/announcements", announcement)
        finally:
            gateway.token = own

    def test_everybody_in_the_tenant_and_nobody_else(self):
        elsewhere = gateway.add_person("stranger", "Admin", tenant="acme")
        ours = [self.listen(gateway.token), self.listen(gateway.add_person("viewer", "Viewer"))]
        theirs = self.listen(elsewhere)
        announced = self.announce("Tonight", gateway.token)
        for told in ours:
            received = told.get(timeout=LIMIT)
            self.assertGreater(received.pop("seq"), 0)
            self.assertEqual(received, announced)
        # What comes first there is what came last.
        self.announce("Elsewhere", elsewhere)
        self.assertEqual(theirs.get(timeout=LIMIT)["title"], "Elsewhere")
        self.assertTrue(all(told.empty() for told in ours))


if __name__ == "__main__":
    unittest.main()
