"""The room of the measurement, with aiosignalr."""

import asyncio

from aiosignalr.server import Hub, SignalRServer


class Room(Hub):
    async def Join(self):
        await self.groups.add("room")

    async def Publish(self, event):
        await self.clients.group("room").send("event", event)


async def main():
    host, port = await SignalRServer(Room).serve("127.0.0.1", 0, path="/hub")
    print(f"{host}:{port}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
