/**
 * Writes what is made from the OpenAPI document: `src/api/schema.ts` (its paths and schemas), `src/api/hubs.ts` (what the
 * hubs send and take) and `src/api/node-commands.ts`. With `--check` it writes nothing, and fails if a file is stale.
 */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { argv, exit, stderr } from "node:process";
import { format } from "prettier";

const HEAD = "/** Made by `npm run generate` from openapi.json. Do not edit. */\n";
const SCHEMAS =
  'import type { components } from "./schema.ts";\n\ntype Schemas = components["schemas"];\n\n';

const isCheck = argv.includes("--check");
const schemas = ["openapi.json", "--alphabetize", "--output", "src/api/schema.ts"];
execFileSync("openapi-typescript", isCheck ? [...schemas, "--check"] : schemas, {
  stdio: "inherit",
});

const document = JSON.parse(await readFile("openapi.json", "utf8"));

function schema(reference) {
  return `Schemas["${reference.$ref.split("/").at(-1)}"]`;
}

function comment(text) {
  return `/** ${text.replaceAll("*/", "* /")} */\n`;
}

/** An interface with an entry for each hub, by the hub's name in its path. */
function perHub(name, about, entry) {
  const hubs = Object.entries(document["x-hubs"]).map(
    ([path, hub]) => `${comment(hub.description)}"${path.split("/").at(-1)}": {\n${entry(hub)}};\n`,
  );
  return `${comment(about)}export interface ${name} {\n${hubs.join("")}}\n\n`;
}

function events(hub) {
  const all = Object.entries(hub.events);
  return all
    .map(([name, event]) => `${comment(event.description)}${name}: ${schema(event.payload)};\n`)
    .join("");
}

function methods(hub) {
  const all = Object.entries(hub.methods);
  return all
    .map(([name, method]) => {
      const result = method.result === undefined ? "null" : schema(method.result);
      return `${comment(method.description)}${name}: { argument: ${schema(method.argument)}; result: ${result} };\n`;
    })
    .join("");
}

const files = {
  "src/api/hubs.ts":
    HEAD +
    SCHEMAS +
    perHub("HubEvents", "What each hub sends: by an event's name, its payload.", events) +
    perHub(
      "HubMethods",
      "What clients may call: by a method's name, its argument and its result.",
      methods,
    ),
  "src/api/node-commands.ts":
    HEAD +
    SCHEMAS +
    comment("The commands to nodes, each with the scope it needs and the harm it can do.") +
    `export const NODE_COMMANDS = ${JSON.stringify(document.components.schemas.NodeCommandName["x-commands"])} as const satisfies Record<Schemas["NodeCommandName"], { scope: Schemas["NodeScope"]; risk: Schemas["Risk"] }>;\n`,
};

for (const [path, text] of Object.entries(files)) {
  const wanted = await format(text, { parser: "typescript", printWidth: 100 });
  if (!isCheck) await writeFile(path, wanted);
  else if ((await readFile(path, "utf8").catch(() => "")) !== wanted) {
    stderr.write(`${path} is stale. Run: npm run generate\n`);
    exit(1);
  }
}
