import { defineConfig } from "vitest/config";

/** `unit` needs no database; `integration` brings its own PostgreSQL, one cloned database for each file. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 1 },
          include: ["test/unit/**/*.test.ts", "test/architecture/**/*.test.ts"],
          environment: "node",
          // Some files load every shipped map: on a busy box the five seconds of old are a figure of the box.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "integration",
          sequence: { groupOrder: 2 },
          include: ["test/{contract,integration,scenario}/**/*.test.ts"],
          environment: "node",
          globalSetup: ["test/support/global-database.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
