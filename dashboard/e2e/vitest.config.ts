import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    root: ".",
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    // A second, as it is by itself, is too short on a busy machine.
    expect: { poll: { timeout: 60_000 } },
  },
});
