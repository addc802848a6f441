import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The gateway that `npm run dev` forwards to. */
const gateway = process.env.SOPHON_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
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
