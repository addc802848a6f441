// Microsoft's own client on the gateway's hubs, with all that it is told kept in order.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { SHAPES } from "./shapes.js";
import { Inbox, signal, soon } from "./wait.js";

/** What a client can choose. Server-sent events carry text only. */
export const CHOICES = [
  { transport: "WebSockets", format: "json" },
  { transport: "WebSockets", format: "messagepack" },
  { transport: "ServerSentEvents", format: "json" },
  { transport: "LongPolling", format: "json" },
  { transport: "LongPolling", format: "messagepack" },
];

const ENDINGS = ["TaskCompleted", "TaskFailed", "TaskCancelled"];

export class Hub {
  connection;
  /** Events as `{name, data}`. */
  events = new Inbox();
  #closed = signal();

  /**
   * Not started yet. `token` may be a function that is asked for each request; `adjust` has the builder before the
   * connection is built.
   */
  constructor(gateway, options = {}) {
    const { path = "chat", transport = "WebSockets", format = "json", url = gateway.url, adjust = () => {} } = options;
    const token = options.token ?? gateway.token;
    const builder = new HubConnectionBuilder()
      .withUrl(`${url}/hubs/${path}`, {
        transport: HttpTransportType[transport],
        accessTokenFactory: typeof token === "function" ? token : () => token,
      })
      .configureLogging(LogLevel.None);
    if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    adjust(builder);
    this.connection = builder.build();
    this.connection.onclose((error) => this.#closed.fire(error));
    for (const name of Object.keys(SHAPES)) {
      this.connection.on(name, (...args) => this.events.push({ name, data: args[0], others: args.slice(1) }));
    }
  }

  static async connect(gateway, options) {
    const hub = new Hub(gateway, options);
    await soon("the start of a connection", hub.connection.start());
    return hub;
  }

  invoke(method, ...args) {
    return soon(`the answer to ${method}`, this.connection.invoke(method, ...args));
  }

  /** Resolves when all that was published before has come. */
  caughtUp() {
    // To leave what was never joined changes nothing, and its answer comes behind the events.
    return this.invoke("LeaveSession", "ses_never_joined");
  }

  /** The end of the connection for good: the error it ended with, if any. */
  closed() {
    return soon("the end of the connection", this.#closed.fired);
  }

  /** Waits until the task has ended; returns the event that says so. */
  ended(taskId) {
    return this.events.until(`the end of ${taskId}`, (events) =>
      events.find(({ name, data }) => ENDINGS.includes(name) && data.taskId === taskId));
  }

  stop() {
    return soon("the stop of a connection", this.connection.stop());
  }
}

/** Those among `events` that are kept for who comes back. The others have the number of what came before them. */
export function kept(events) {
  const passes = ({ name, data }) => name === "StreamChunk" || (name === "AgentStatus" && data.messageId === undefined);
  return events.filter((event) => !passes(event));
}

/** What the chunks among `events` add up to for a task; what was voided is left out. */
export function streamed(events, taskId) {
  let text = "";
  for (const { name, data } of events) {
    if (data.taskId !== taskId) continue;
    if (name === "StreamChunk") text += data.delta;
    if (name === "AgentStatus" && data.status === "resuming") text = "";
  }
  return text;
}

/** The names of `events`, those of repeated ones once, without the two that come at their own pace. */
export function outline(events) {
  const names = events.map(({ name }) => name).filter((name) => !["AgentStatus", "SessionUpdated"].includes(name));
  return names.filter((name, at) => name !== names[at - 1]);
}
