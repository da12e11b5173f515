/**
 * Desired documents of many devices at once: each line is a PUT of the caller's own document, in a transaction of its own.
 *
 * First every line is rehearsed, which counts the devices that would change; their number is held against the guard of
 * mass changes (I12); then those that change are written, a few at a time. What is so already is no change, so an import that broke off is
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
import { inLanes } from "./lanes.ts";
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

/**
 * Lines under way at a time, each waiting for the database: enough that one commit to disk serves several, and a quarter of
 * the connections, so that an import holds up no PUT beside it.
 */
const AT_ONCE = 4;
/** Lines that are rehearsed between two notes of how far it got. */
const CHUNK = 500;

interface Wanted {
  readonly line: number;
  readonly key: number;
  readonly device: DeviceId;
  readonly body: unknown;
}

/** Of one line: what was asked of which device, what would come of it, or why nothing can. */
interface Judged {
  readonly asked: Wanted | null;
  readonly change: "created" | "changed" | "unchanged" | AppError;
}

export function importsOf(deps: {
  readonly store: FleetStore;
  readonly desired: Pick<Desired, "judge" | "put">;
}): Imports {
  const { store, desired } = deps;

  async function wantedBy({ line, value }: { readonly line: number; readonly value: unknown }) {
    const { [DEVICE_COLUMN]: device, ...body } = membersOf(value) ?? {};
    if (typeof device !== "string") throw noDevice();
    const { key, id } = await findDevice(store, device);
    return { line, key, device: id, body };
  }

  async function judged(each: ImportLine, caller: Caller): Promise<Judged> {
    let asked: Wanted | null = null;
    try {
      if ("error" in each) throw each.error;
      asked = await wantedBy(each);
      const { key, device: id, body } = asked;
      return { asked, change: await desired.judge({ key, id }, body, caller) };
    } catch (error) {
      return { asked, change: refusalOf(error) };
    }
  }

  async function put({ line, device, body }: Wanted, caller: Caller): Promise<ImportedLine> {
    const options = { precondition: ALWAYS, dryRun: false, effectiveAt: null };
    try {
      const { change, operation } = await desired.put(device, body, caller, options);
      // "scheduled" needs a moment, and an import has none.
      const outcome = change === "scheduled" ? "changed" : change;
      return { line, device, outcome, operation, error: null };
    } catch (error) {
      return refusedLine(line, device, refusalOf(error));
    }
  }

  /** What would become of each line, and the lines that would change something, by their place. */
  async function rehearsed(lines: readonly ImportLine[], caller: Caller, kept: KeptImport | null) {
    const outcomes: ImportedLine[] = [];
    const wanted = new Map<number, Wanted>();
    const first = new Map<DeviceId, number>();
    for (let from = 0; from < lines.length; from += CHUNK) {
      const chunk = lines.slice(from, from + CHUNK);
      const judgements: Judged[] = [];
      await inLanes(AT_ONCE, chunk.entries(), async ([at, each]) => {
        judgements[at] = await judged(each, caller);
      });
      for (const [at, { asked, change }] of judgements.entries()) {
        const line = chunk[at]?.line ?? 0;
        const device = asked?.device ?? null;
        const earlier = device === null ? undefined : first.get(device);
        if (device !== null && earlier === undefined) first.set(device, line);
        const outcome =
          earlier !== undefined
            ? refusedLine(line, device, twice(earlier))
            : change instanceof AppError
              ? refusedLine(line, device, change)
              : { line, device, outcome: change, operation: null, error: null };
        const isChange = outcome.outcome === "created" || outcome.outcome === "changed";
        if (isChange && asked !== null) wanted.set(from + at, asked);
        else await kept?.done(outcome);
        outcomes.push(outcome);
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
    await inLanes(AT_ONCE, wanted, async ([at, asked]) => {
      const outcome = await put(asked, caller);
      outcomes[at] = outcome;
      await kept?.done(outcome);
    });
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
function refusalOf(error: unknown): AppError {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  return error;
}

function refusedLine(line: number, device: DeviceId | null, error: AppError): ImportedLine {
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
