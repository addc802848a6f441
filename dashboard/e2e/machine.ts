/** A machine that is paired as a node, by the polling side of the protocol. */
import type { Gateway } from "./gateway.ts";

interface Command {
  commandId: string;
  command: string;
}

export class Machine {
  #token = "";

  constructor(
    private readonly gateway: Gateway,
    private readonly nodeId: string,
    private readonly secret: string,
  ) {}

  /** Asks once; true when it was let in. */
  async pair(): Promise<boolean> {
    const { token } = await this.gateway.post<{ token?: string }>("/api/nodes/me/pair", {
      nodeId: this.nodeId,
      pairingSecret: this.secret,
    });
    this.#token = token ?? "";
    return token !== undefined;
  }

  /** A heartbeat: from then on it is online. */
  async beat() {
    const state = { status: "online", uptime: 60, cpuPercent: 7, memoryMb: 512 };
    await this.gateway.request("POST", "/api/nodes/me/heartbeat", this.#token, state);
  }

  /** Waits for the next command and does it. */
  async obey(result: object) {
    const path = "/api/nodes/me/commands";
    const { items } = await this.gateway.get<{ items: Command[] }>(`${path}?wait=20`, this.#token);
    const id = items[0]?.commandId ?? "";
    await this.gateway.request("POST", `${path}/${id}/result`, this.#token, { ok: true, result });
  }
}
