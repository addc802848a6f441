/** The client of the hubs, which is loaded as the first connection starts: the first page is shown without it. */
import type { HubConnection } from "@microsoft/signalr";
import { credentials } from "../api/credentials.ts";
import { tenant } from "../api/tenant.ts";
import type { HubEvents } from "./events.ts";
import type { Transport } from "./hub-link.ts";

async function connection(hub: keyof HubEvents): Promise<HubConnection> {
  const { HubConnectionBuilder, LogLevel } = await import("@microsoft/signalr");
  return new HubConnectionBuilder()
    .withUrl(`${tenant.hubsPath()}/${hub}`, {
      accessTokenFactory: () => credentials.read()?.accessToken ?? "",
    })
    .configureLogging(LogLevel.None)
    .build();
}

/** A connection to a hub. Handlers can be given before there is one. */
export class HubTransport implements Transport {
  #connection: Promise<HubConnection> | null = null;
  #made: HubConnection | null = null;
  #prepare: ((connection: HubConnection) => void)[] = [];

  constructor(private readonly hub: keyof HubEvents) {}

  async start() {
    await (await this.#get()).start();
  }

  async stop() {
    await this.#made?.stop();
  }

  async invoke(method: string, ...args: unknown[]): Promise<unknown> {
    return (await this.#get()).invoke(method, ...args);
  }

  on(event: string, handler: (data: never) => void) {
    this.#with((connection) => connection.on(event, handler));
  }

  onclose(handler: () => void) {
    this.#with((connection) => connection.onclose(handler));
  }

  /** Does something with the connection now, if there is one, and else as soon as there is. */
  #with(action: (connection: HubConnection) => void) {
    if (this.#made !== null) action(this.#made);
    else this.#prepare.push(action);
  }

  /** A client that could not be loaded is loaded again by the next attempt. */
  #get(): Promise<HubConnection> {
    this.#connection ??= connection(this.hub)
      .then((made) => {
        this.#made = made;
        this.#prepare.forEach((action) => action(made));
        return made;
      })
      .catch((error: unknown) => {
        this.#connection = null;
        throw error;
      });
    return this.#connection;
  }
}
