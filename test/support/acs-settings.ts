/** Settings of an ACS for tests of what stands before it: one call at a time, the whole of its time, nothing held back. */
import type { AcsSettings } from "../../src/model/acs-settings.ts";
import { NO_LIMITS } from "../../src/model/read-limits.ts";

export const ACS_SETTINGS: AcsSettings = {
  name: "main",
  revision: 1,
  kind: "friendly",
  address: "http://acs.example/",
  auth: { kind: "none" },
  mode: "write",
  scope: "all",
  concurrency: 1,
  dutyCycle: 1,
  proving: "automatic",
  proveAfterMs: 60_000,
  callDeadlineMs: 30_000,
  verifyWithinMs: 60_000,
  firmwareWithinMs: 3_600_000,
  soakMs: 900_000,
  evidenceBudgetMs: 86_400_000,
  reads: NO_LIMITS,
  probeShare: 0.05,
  probe: null,
};
