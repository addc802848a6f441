// `EventSource` on `/api/sessions/{id}/stream`, with all that it is told kept in order.
import { EventSource } from "eventsource";
import { Inbox } from "./wait.js";

const NAMES = ["message", "typing", "presence", "session_updated", "heartbeat", "resync"];

export class SessionStream {
  /** `{name, id, data}`; what happens to the connection itself comes as `open` and `error`. */
  events = new Inbox();
  #source;

  /** `token` goes into the query, since browsers can send it nowhere else. */
  constructor(gateway, sessionId, { token, url = gateway.url } = {}) {
    const query = token === undefined ? "" : `?token=${encodeURIComponent(token)}`;
    this.#source = new EventSource(`${url}/api/sessions/${sessionId}/stream${query}`);
    for (const name of NAMES) {
      this.#source.addEventListener(name, (event) =>
        this.events.push({ name, id: event.lastEventId, data: JSON.parse(event.data) }));
    }
    this.#source.onopen = () => this.events.push({ name: "open" });
    this.#source.onerror = (event) => this.events.push({ name: "error", data: event.code });
  }

  static async open(gateway, sessionId, options) {
    const stream = new SessionStream(gateway, sessionId, options);
    await stream.events.named("open");
    return stream;
  }

  /** The status it was refused with. It does not come back then. */
  async refused() {
    const { data } = await this.events.named("error");
    return { status: data, closed: this.#source.readyState === EventSource.CLOSED };
  }

  /** What it was told, but for heartbeats and the state of the connection. */
  get told() {
    return this.events.items.filter(({ name }) => !["heartbeat", "open", "error"].includes(name));
  }

  close() {
    this.#source.close();
  }
}
