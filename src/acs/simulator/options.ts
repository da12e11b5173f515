/** Everything that the simulator can be told, with unit and default. */
import type { FileServer } from "./firmware.ts";
import { DEFAULT_MODELS } from "./fleet.ts";
import type { FriendlyAuth } from "./friendly.ts";
import type { Clock } from "../../lib/time.ts";
import type { Mishap } from "./mishap.ts";

export interface SimulatorOptions {
  /** Folder of the tree files; `manifests/cpes` of the package. */
  readonly treesDir: string;
  /** The description that `GET ?WSDL` gives; `manifests/acs/friendly-acsws.wsdl` of the package. */
  readonly wsdlFile: string;

  /** CPEs. Default 2000. */
  readonly count?: number;
  /** Tree names, used in turn. Default: the five models that have maps. */
  readonly models?: readonly string[];
  /** Any text. Default "plumbline". Everything that looks random follows from it. */
  readonly seed?: string;
  /** 0 to 1: switched off at the start. Default 0. */
  readonly offlineShare?: number;
  /** 0 to 1: CPEs that accept every write and change nothing. Default 0. */
  readonly ignoredWriteShare?: number;
  /** 0 to 1: CPEs that read their passwords back in clear. Default 0. */
  readonly shownSecretsShare?: number;
  /** 0 to 1: CPEs that fetch a firmware, boot, and run what they ran. Default 0. */
  readonly notTakenShare?: number;
  /** 0 to 1 of the others: CPEs that a firmware is the end of. Default 0. */
  readonly neverReturnsShare?: number;

  /** Default 127.0.0.1: nothing here is protected. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Login at the SOAP face. Default none. */
  readonly auth?: FriendlyAuth;

  /** ms for each call (the median when `latencySigma` is set). Default 20. */
  readonly latencyMs?: number;
  /** Spread of a log-normal latency; 0.5 puts the p90 at 1.9 medians. Default 0: always the same. */
  readonly latencySigma?: number;
  /** ms for a live read of a CPE that is away. Default: as `latencyMs`. */
  readonly offlineLatencyMs?: number;
  /** 0 to 1: how likely two calls that overlap get each other's answer. Default 0. */
  readonly mixUps?: number;
  /** 0 to 1: how likely a CPE takes a write of values and changes nothing, this once. Default 0. */
  readonly ignoredWrites?: number;

  /** 0 to 1: how likely the ACS keeps back a write of values that it took, and does it `lateByMs` later. Default 0. */
  readonly lateWrites?: number;
  /** Default 21600000: six hours. */
  readonly lateByMs?: number;
  /** What befalls the CPEs of a model at writes of values. Default nothing. */
  readonly mishaps?: readonly Mishap[];

  /** What becomes of GenieACS's connection requests. Default answered. */
  readonly connectionRequests?: ConnectionRequests;
  /** ms between the times at which GenieACS reads all of a CPE by itself, as a provision of the site makes it. Default: never. */
  readonly refreshEveryMs?: number;
  /** ms for which its NBI is gone after a request that ends its worker. Default 21000, as measured. */
  readonly respawnMs?: number;

  /** ms between the ACS's answer to a write and the CPE doing it. Default 0: done before the answer. */
  readonly applyDelayMs?: number;
  /** ms between the Informs of a CPE; a write without push waits for the next one. Default 300000. */
  readonly informIntervalMs?: number;
  /** ms for which a CPE is away while it boots. Default 0. */
  readonly rebootMs?: number;
  /** ms that a CPE takes to fetch a file, before it boots into it. Default 0. */
  readonly downloadMs?: number;
  /** What CPEs meet at the file server. Default answers. */
  readonly fileServer?: FileServer;

  /** NDJSON file that makes a restart the same fleet. Default none: every start is the first. */
  readonly stateFile?: string;
  /** NDJSON file to which each call is appended. Default none. */
  readonly callLogFile?: string;
  /** Calls kept in memory for `/sim/calls`. Default 10000. */
  readonly keepCalls?: number;

  /** Default: the clock of this machine. A virtual one needs `exchange` instead of the socket. */
  readonly clock?: Clock;
}

/**
 * `refused`: the CPE is there and takes no request (wrong credentials, or none gets through to it). `unanswered`: it says
 * yes, and no session comes. `broken`: it loses its power in the session.
 */
export const CONNECTION_REQUESTS = ["answered", "refused", "unanswered", "broken"] as const;
export type ConnectionRequests = (typeof CONNECTION_REQUESTS)[number];

/** Trouble that can be changed while it runs. */
export interface Trouble {
  latencyMs: number;
  latencySigma: number;
  /** Undefined: as `latencyMs`. */
  offlineLatencyMs: number | undefined;
  mixUps: number;
  ignoredWrites: number;
  /** Friendly alone: a write to a GenieACS is done in the session of its call. */
  lateWrites: number;
  lateByMs: number;
  mishaps: readonly Mishap[];
  connectionRequests: ConnectionRequests;
  fileServer: FileServer;
}

/** Left out where they are not asked for: a state file belongs to the options that its fleet was built from. */
function rareShares({ shownSecretsShare, notTakenShare, neverReturnsShare }: SimulatorOptions) {
  return {
    ...(shownSecretsShare === undefined ? {} : { shownSecretsShare }),
    ...(notTakenShare === undefined ? {} : { notTakenShare }),
    ...(neverReturnsShare === undefined ? {} : { neverReturnsShare }),
  };
}

export function withDefaults(options: SimulatorOptions) {
  return {
    treesDir: options.treesDir,
    wsdlFile: options.wsdlFile,
    fleet: {
      count: options.count ?? 2_000,
      models: options.models ?? DEFAULT_MODELS,
      seed: options.seed ?? "plumbline",
      offlineShare: options.offlineShare ?? 0,
      ignoredWriteShare: options.ignoredWriteShare ?? 0,
      ...rareShares(options),
    },
    host: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    auth: options.auth ?? { kind: "none" as const },
    trouble: {
      latencyMs: options.latencyMs ?? 20,
      latencySigma: options.latencySigma ?? 0,
      offlineLatencyMs: options.offlineLatencyMs,
      mixUps: options.mixUps ?? 0,
      ignoredWrites: options.ignoredWrites ?? 0,
      lateWrites: options.lateWrites ?? 0,
      lateByMs: options.lateByMs ?? 6 * 60 * 60_000,
      mishaps: options.mishaps ?? [],
      connectionRequests: options.connectionRequests ?? "answered",
      fileServer: options.fileServer ?? ("answers" as const),
    },
    acs: {
      applyDelayMs: options.applyDelayMs ?? 0,
      informIntervalMs: options.informIntervalMs ?? 300_000,
      rebootMs: options.rebootMs ?? 0,
      downloadMs: options.downloadMs ?? 0,
      seed: options.seed ?? "plumbline",
    },
    respawnMs: options.respawnMs ?? 21_000,
    refreshEveryMs: options.refreshEveryMs ?? Infinity,
    stateFile: options.stateFile ?? null,
    callLogFile: options.callLogFile ?? null,
    keepCalls: options.keepCalls ?? 10_000,
    clock: options.clock ?? systemClock,
  };
}

export type Settings = ReturnType<typeof withDefaults>;

const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};
