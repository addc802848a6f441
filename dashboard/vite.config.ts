import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { diagramFrame } from "./diagram/plugin.ts";

/** The gateway that `npm run dev` forwards to. */
const gateway = process.env.SOPHON_URL ?? "http://127.0.0.1:8080";

/** All browsers that are built for know WOFF2: KaTeX's fonts are not put into the binary three times. */
function oneFontFormat(): Plugin {
  return {
    name: "one-font-format",
    enforce: "pre",
    transform: {
      filter: { id: /katex.*\.css$/ },
      handler: (css) => css.replaceAll(/,url\([^)]+\.(?:woff|ttf)\) format\("[^"]+"\)/g, ""),
    },
  };
}

/** The largest that the entry script may be, in bytes as they are sent. */
const LARGEST_ENTRY = 100_000;

/** Fails the build when the entry script outgrows its limit: what the first page does not show is a `lazyComponent`. */
function smallEntry(): Plugin {
  return {
    name: "small-entry",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !chunk.isEntry || chunk.name !== "index") continue;
        const size = gzipSync(chunk.code).length;
        if (size > LARGEST_ENTRY) {
          this.error(`the entry script has ${size} bytes gzipped; ${LARGEST_ENTRY} are allowed`);
        }
      }
    },
  };
}

export default defineConfig({
  // The page names the path that it is served under, in its `<base>`.
  base: "./",
  plugins: [react(), diagramFrame(), oneFontFormat(), smallEntry()],
  build: {
    // Browsers that know `light-dark()`, so that the palette is written once.
    target: ["chrome123", "firefox120", "safari17.5"],
    // The gateway's content security policy allows no `data:` fonts or scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: {
      "/api": gateway,
      "/hubs": { target: gateway, ws: true },
    },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
