/**
 * Desired documents of many devices at once: each line is a PUT of the caller's own document, in a transaction of its own.
 *
 * First every line is rehearsed, which counts the devices that would change; their number is held against the guard of
 * mass changes (I12); then those that change are written. What is so already is no change, so an import that broke off is
 * sent again as it was, and goes on. For that a confirmed number is an upper bound here: of a repeat, less is left.
 *
 * What becomes of it and of each line is kept (`kept-imports.ts`), for whoever lost the answer; a rehearsal is not.
 */
import { randomBytes } from "node:crypto";
import { AppError } from "../lib/errors.ts";
import type { DeviceId } from "../model/device.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demandDesired, type Caller } from "./access.ts";
import { membersOf } from "./desired-body.ts";
import type { Desired } from "./desired.ts";
import { findDevice } from "./devices.ts";
import { DEVICE_COLUMN } from "./import-columns.ts";
import { keepingImport, type ImportedLine, type KeptImport } from "./kept-imports.ts";

/** From 1, where the line begins in the text; `error` where it could not be read. */
export type ImportLine =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly error: AppError };

export interface Imported {
  /** Where it can be asked for later; null after a rehearsal. */
  readonly id: string | null;
  /** In the order of the text. */
  readonly lines: readonly ImportedLine[];
}

export interface Imports {
  /** @throws `count_unconfirmed` before anything is written */
  run(
    lines: readonly ImportLine[],
    caller: Caller,
    options: { readonly dryRun: boolean; readonly expect: number | null },
  ): Promise<Imported>;
}

const MAX_LINES = 10_000;
const ALWAYS = { ifMatch: null, ifNoneMatch: false } as const;

interface Wanted {
  readonly line: number;
  readonly device: DeviceId;
  readonly body: unknown;
}

export function importsOf(deps: {
  readonly store: FleetStore;
  readonly desired: Pick<Desired, "put">;
}): Imports {
  const { store, desired } = deps;

  async function wantedBy({ line, value }: { readonly line: number; readonly value: unknown }) {
    const { [DEVICE_COLUMN]: device, ...body } = membersOf(value) ?? {};
    if (typeof device !== "string") throw noDevice();
    const { id } = await findDevice(store, device);
    return { line, device: id, body };
  }

  async function put(
    { line, device, body }: Wanted,
    caller: Caller,
    dryRun: boolean,
  ): Promise<ImportedLine> {
    const options = { precondition: ALWAYS, dryRun, effectiveAt: null, plan: false };
    const { change, operation } = await desired.put(device, body, caller, options);
    // "scheduled" needs a moment, and an import has none.
    const outcome = change === "scheduled" ? "changed" : change;
    return { line, device, outcome, operation: dryRun ? null : operation, error: null };
  }

  /** What would become of each line, and the lines that would change something, by their place. */
  async function rehearsed(lines: readonly ImportLine[], caller: Caller, kept: KeptImport | null) {
    const outcomes: ImportedLine[] = [];
    const wanted = new Map<number, Wanted>();
    const first = new Map<DeviceId, number>();
    for (const [at, each] of lines.entries()) {
      let device: DeviceId | null = null;
      try {
        if ("error" in each) throw each.error;
        const asked = await wantedBy(each);
        device = asked.device;
        const earlier = first.get(device);
        if (earlier !== undefined) throw twice(earlier);
        first.set(device, each.line);
        const outcome = await put(asked, caller, true);
        if (outcome.outcome !== "unchanged") wanted.set(at, asked);
        else await kept?.done(outcome);
        outcomes.push(outcome);
      } catch (error) {
        const refused = refusedLine(each.line, device, error);
        await kept?.done(refused);
        outcomes.push(refused);
      }
    }
    await kept?.willChange(wanted.size);
    return { outcomes, wanted };
  }

  async function go(
    lines: readonly ImportLine[],
    caller: Caller,
    { dryRun, expect }: { readonly dryRun: boolean; readonly expect: number | null },
    kept: KeptImport | null,
  ): Promise<readonly ImportedLine[]> {
    const { outcomes, wanted } = await rehearsed(lines, caller, kept);
    const within = expect !== null && wanted.size <= expect;
    // A rehearsal without a number asks for the number; with one it is held to it.
    if (!within && (!dryRun || expect !== null)) await store.confirmDevices(wanted.size, expect);
    if (dryRun) return outcomes;
    for (const [at, asked] of wanted) {
      let outcome: ImportedLine;
      try {
        outcome = await put(asked, caller, false);
      } catch (error) {
        outcome = refusedLine(asked.line, asked.device, error);
      }
      outcomes[at] = outcome;
      await kept?.done(outcome);
    }
    return outcomes;
  }

  return {
    async run(lines, caller, options) {
      demandDesired(caller);
      checkSize(lines.length);
      if (options.dryRun) return { id: null, lines: await go(lines, caller, options, null) };
      const id = `imp_${randomBytes(9).toString("hex")}`;
      await store.beginImport(id, lines.length, caller.actor);
      const kept = keepingImport(store, id);
      return { id, lines: await kept.ending(() => go(lines, caller, options, kept)) };
    },
  };
}

/** One bad line hides no other. What is wrong with us or the database ends the import, to be sent again. */
function refusedLine(line: number, device: DeviceId | null, error: unknown): ImportedLine {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  return { line, device, outcome: "refused", operation: null, error };
}

function checkSize(lines: number): void {
  if (lines === 0) throw new AppError("invalid", "there is no line in this; nothing was changed");
  if (lines <= MAX_LINES) return;
  const message = `an import has at most ${MAX_LINES} lines, and this has ${lines}; split it. Nothing was changed`;
  throw new AppError("payload_too_large", message, { details: { limitLines: MAX_LINES } });
}

function noDevice(): AppError {
  const message = "name the device by id, name, serial, MAC or ref";
  const problems = [{ pointer: `/${DEVICE_COLUMN}`, code: "missing", message }];
  return new AppError("invalid", `${DEVICE_COLUMN}: ${message}`, { problems });
}

function twice(line: number): AppError {
  const message = `stands here twice, first in line ${line}; leave one of them`;
  const problems = [{ pointer: `/${DEVICE_COLUMN}`, code: "duplicate_device", message }];
  return new AppError("invalid", `the device ${message}`, { problems });
}
