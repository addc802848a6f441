// The programs under test: the gateway and the model server, as built.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { signal, soon } from "./wait.js";

const built = (name) => fileURLToPath(new URL(`../../../target/debug/${name}`, import.meta.url));
const programs = {
  gateway: process.env.SOPHON_BIN ?? built("sophon"),
  model: process.env.MODEL_SERVER_BIN ?? built("model-server"),
};

/** Programs that run. None outlives the tests. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A program that says on which address it listens. */
export class Process {
  #child;
  #ended;
  url;

  /** Starts the program `name`, with no more of our environment than it needs, and waits until it listens. */
  static async start(name, args, { env = {}, folder }) {
    const program = new Process();
    const child = spawn(programs[name], args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    program.#child = child;
    running.add(child);
    program.#ended = once(child, "exit").finally(() => running.delete(child));
    const listening = signal();
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("listening on ")) listening.fire(line.slice("listening on ".length));
    });
    const early = program.#ended.then(([code]) => Promise.reject(new Error(`the ${name} ended with ${code}`)));
    program.url = await soon(`the start of the ${name}`, Promise.race([listening.fired, early]));
    early.catch(() => {});
    return program;
  }

  /** Sends the signal and waits for the end; returns the exit code, null if it was the signal itself. */
  async end(signalName) {
    this.#child.kill(signalName);
    const [code] = await soon("the end of a process", this.#ended, 40_000);
    return code;
  }
}
