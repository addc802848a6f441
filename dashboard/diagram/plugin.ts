/**
 * Builds the frame that draws diagrams into one file. It is shown in no origin, from where it may load nothing, so that
 * Mermaid stands in the page itself. Other scripts do not run in it, whatever a diagram says.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const NAME = "diagram.html";
const SCRIPTS = ["../node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js", "frame.js"];

const read = (name: string) => readFile(join(import.meta.dirname, name), "utf8");

async function frame(): Promise<string> {
  const scripts = await Promise.all(SCRIPTS.map(read));
  if (scripts.some((script) => /<\/?script/i.test(script))) {
    throw new Error("a script that holds a script tag cannot stand in a page");
  }
  const hash = (script: string) => createHash("sha256").update(script).digest("base64");
  const hashes = scripts.map((script) => `'sha256-${hash(script)}'`).join(" ");
  const page = await read("frame.html");
  return page
    .replace("<!--hashes-->", () => hashes)
    .replace("<!--scripts-->", () =>
      scripts.map((script) => `<script>${script}</script>`).join("\n"),
    );
}

export function diagramFrame(): Plugin {
  return {
    name: "diagram-frame",
    configureServer({ middlewares }) {
      middlewares.use(`/${NAME}`, (_, response) => {
        void frame().then((page) => {
          response.setHeader("content-type", "text/html");
          response.end(page);
        });
      });
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: NAME, source: await frame() });
    },
  };
}
