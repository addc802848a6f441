// Starts the example server `testhub` for the tests: `cargo build -p signalr --example testhub` makes it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../target/debug/examples/testhub", import.meta.url));

/** Starts a server on free ports; resolves to its two addresses and a way to stop it. */
export async function startServer() {
  const child = spawn(process.env.SIGNALR_TESTHUB ?? built, { stdio: ["ignore", "pipe", "inherit"] });
  const [plain, encrypted] = await new Promise((resolve, reject) => {
    const lines = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line.replace("listening on ", ""));
      if (lines.length === 2) resolve(lines);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url: plain,
    encryptedUrl: encrypted,
    stop: () => child.kill("SIGKILL"),
  };
}
