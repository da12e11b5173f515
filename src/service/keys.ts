/** The keys that seal stored secrets: how they stand, and their rotation, which runs in the server until it is through. */
import { messageOf } from "../lib/errors.ts";
import type { Actor } from "../ports/actor.ts";
import type { KeyStore, KeyView, RotationEnd } from "../ports/key-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { demand, type Caller } from "./access.ts";

export interface KeysView {
  readonly keys: readonly KeyView[];
  /** Of this server, since it was started. */
  readonly rotation: {
    readonly state: "none" | "running" | "done" | "failed";
    readonly rewrapped: number;
    readonly retired: readonly string[];
    /** Why it failed, or what is left to do by hand. */
    readonly message: string | null;
  };
}

export interface Keys {
  status(caller: Caller): Promise<KeysView>;
  /** Begins, or goes on with one that was cut short; when it is under way already, that one is shown. */
  rotate(caller: Caller): Promise<KeysView>;
  /** Goes on with what a server that was killed left. */
  resume(): Promise<void>;
  /** Ends it after the batch at hand; it is gone on with at the next start. */
  stop(): Promise<void>;
}

/** Nobody asked this time: the one who did stands in the history. */
const PROGRAM: Actor = { owner: "controller", tokenId: "", requestId: "" };

export function keysOf(deps: { readonly store: KeyStore; readonly telemetry: Telemetry }): Keys {
  const { store, telemetry } = deps;
  const ended = new AbortController();
  let running: Promise<void> | null = null;
  let rotation: KeysView["rotation"] = {
    ...{ state: "none", rewrapped: 0 },
    ...{ retired: [], message: null },
  };

  const finish = (end: RotationEnd | null): void => {
    if (end === null) {
      const message = ended.signal.aborted ? "the server ends" : "another server is at it";
      rotation = { ...rotation, state: ended.signal.aborted ? "failed" : "none", message };
      return;
    }
    const { rewrapped, retired, left } = end;
    const message =
      left === null ? null : `no secret needs ${retired.join(", ")} any more. ${left}`;
    rotation = { state: "done", rewrapped, retired, message };
    telemetry.log("info", "keys rotated", { rewrapped, retired: retired.join(" ") });
  };
  const begin = (actor: Actor): void => {
    rotation = { state: "running", rewrapped: 0, retired: [], message: null };
    const told = (rewrapped: number): void => {
      rotation = { ...rotation, rewrapped };
    };
    running = store
      .rotate(actor, told, ended.signal)
      .then(finish, (error: unknown) => {
        rotation = { ...rotation, state: "failed", message: messageOf(error) };
        telemetry.log("error", `the rotation of keys failed: ${messageOf(error)}`);
      })
      .finally(() => {
        running = null;
      });
  };

  return {
    async status(caller) {
      demand(caller, "admin");
      return { keys: await store.keys(), rotation };
    },
    async rotate(caller) {
      demand(caller, "admin");
      if (running === null) begin(caller.actor);
      return { keys: await store.keys(), rotation };
    },
    async resume() {
      if (running === null && (await store.unfinished())) begin(PROGRAM);
    },
    async stop() {
      ended.abort();
      await running;
    },
  };
}
