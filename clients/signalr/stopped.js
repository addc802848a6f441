// A client in a process of its own, so that it can be stopped: joins a group, and when it is
// closed tells its parent what it heard by then.
// node stopped.js URL TRANSPORT FORMAT GROUP
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const [url, transport, format, group] = process.argv.slice(2);
const builder = new HubConnectionBuilder()
  .withUrl(`${url}/testhub`, { transport: Number(transport) })
  .configureLogging(LogLevel.None);
if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
const hub = builder.build();
const heard = [];
hub.on("GroupMessage", (message) => heard.push(message.n));
hub.onclose(() => process.send({ heard }));
await hub.start();
await hub.invoke("JoinGroup", group);
process.send("joined");
