// Starts the example server `testhub` for the tests: `cargo build -p signalr --example testhub` makes it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../target/debug/examples/testhub", import.meta.url));

/** Starts a server on a free port; resolves to its address and a way to stop it. */
export async function startServer() {
  const child = spawn(process.env.SIGNALR_TESTHUB ?? built, { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url: line.replace("listening on ", ""),
    stop: () => child.kill("SIGKILL"),
  };
}
