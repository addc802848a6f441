/** A machine that is paired as a node, by the polling side of the protocol. */
import type { Gateway } from "./gateway.ts";

interface Command {
  commandId: string;
  command: string;
  params: unknown;
}

export class Machine {
  #token = "";

  constructor(
    private readonly gateway: Gateway,
    readonly nodeId: string,
    private readonly secret: string,
  ) {}

  /** One that may run programs, and is online; paired past the dashboard. */
  static async paired(gateway: Gateway, displayName: string): Promise<Machine> {
    const token = await gateway.signIn();
    const node = { displayName, platform: "linux", scopes: ["system.execute"] };
    const { id, pairingSecret } = await gateway.post<{ id: string; pairingSecret: string }>(
      "/api/nodes",
      node,
      token,
    );
    await gateway.post(`/api/nodes/${id}/approve`, {}, token);
    const machine = new Machine(gateway, id, pairingSecret);
    await machine.pair();
    await machine.beat();
    return machine;
  }

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
  async obey(result: object): Promise<Command> {
    const path = "/api/nodes/me/commands";
    const { items } = await this.gateway.get<{ items: Command[] }>(`${path}?wait=20`, this.#token);
    const [command] = items;
    if (command === undefined) throw new Error("nobody told the machine what to do");
    const done = { ok: true, result };
    await this.gateway.request("POST", `${path}/${command.commandId}/result`, this.#token, done);
    return command;
  }
}
