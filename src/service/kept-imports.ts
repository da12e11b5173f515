/**
 * Imports after their answer, or without one: how far each got, and what became of every line. Whoever lost the connection
 * asks here; the import itself went on.
 *
 * Lines are kept in groups, some time after their changes: those of a process that died between may be missing here, and are
 * `unchanged` when the import is sent again.
 */
import { AppError } from "../lib/errors.ts";
import type { DeviceId } from "../model/device.ts";
import type {
  ImportEnd,
  ImportStore,
  ImportView,
  KeptLine,
  LinePage,
} from "../ports/import-store.ts";
import { demandDesired, type Caller } from "./access.ts";

/** Lines that wait to be kept together: each group is a commit, and so is each line. */
const GROUP = 100;
/** An import that has not got on for this long was cut off with its process. */
const SILENT_MS = 120_000;

/** What became of a line. */
export interface ImportedLine {
  readonly line: number;
  /** Null where it names none: what stands there may be anything, even a password. */
  readonly device: DeviceId | null;
  readonly outcome: KeptLine["outcome"];
  /** Of the change that the document shows. */
  readonly operation: string | null;
  /** Of a line that was refused. */
  readonly error: AppError | null;
}

/** The notes of one that is under way. */
export interface KeptImport {
  /** Nothing more happens to this line. */
  done(line: ImportedLine): Promise<void>;
  /** All are rehearsed, and so many devices are to change. */
  willChange(devices: number): Promise<void>;
  /** Notes how `work` ends, whichever way that is. */
  ending<T>(work: () => Promise<T>): Promise<T>;
}

function keptLine({ line, device, outcome, operation, error }: ImportedLine): KeptLine {
  const problem =
    error === null ? null : { code: error.code, message: error.message, problems: error.problems };
  return { line, device, outcome, operation, problem };
}

/** A 4xx is an answer to the caller, before anything was written; all else is trouble of ours in the middle. */
function endBy(error: unknown): ImportEnd {
  if (!(error instanceof AppError)) {
    const message = "something failed inside; send it again as it was, and it goes on";
    return { kind: "broken", code: "internal", message };
  }
  const { code, message, status } = error;
  return { kind: status < 500 ? "refused" : "broken", code, message };
}

/** @param store in which the import `id` has begun */
export function keepingImport(store: ImportStore, id: string): KeptImport {
  let waiting: KeptLine[] = [];
  const flush = async (wanted: number | null = null): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0 || wanted !== null) await store.noteImport(id, lines, wanted);
  };
  return {
    async done(line) {
      waiting.push(keptLine(line));
      if (waiting.length >= GROUP) await flush();
    },
    willChange: async (devices) => {
      await flush(devices);
    },
    async ending(work) {
      let result;
      try {
        result = await work();
      } catch (error) {
        // The database may be what is gone: what is to be told is why it ended.
        await flush().catch(() => undefined);
        await store.endImport(id, endBy(error)).catch(() => undefined);
        throw error;
      }
      await flush();
      await store.endImport(id, { kind: "done" });
      return result;
    },
  };
}

export type ImportStatus = "checking" | "writing" | ImportEnd["kind"];

/** One as it stands now. */
export interface ImportState extends ImportView {
  readonly status: ImportStatus;
}

export interface KeptImports {
  /** The caller's own; `last` is the newest. @throws `not_found` */
  get(id: string, caller: Caller): Promise<ImportState>;
  /** The caller's own, newest first. */
  list(caller: Caller, limit: number): Promise<readonly ImportState[]>;
  /** Those that are done with, in the order of the text, of one that the caller was shown. */
  lines(of: ImportState, page: LinePage): Promise<readonly KeptLine[]>;
}

/** Pure. */
export function importStatus({ end, wanted, silentMs }: ImportView): ImportStatus {
  if (end !== null) return end.kind;
  if (silentMs > SILENT_MS) return "broken";
  return wanted === null ? "checking" : "writing";
}

/** For those who made them: a line names devices, and somebody else's are not the caller's to see. */
export function keptImportsOf({ store }: { readonly store: ImportStore }): KeptImports {
  const stateOf = (view: ImportView): ImportState => ({ ...view, status: importStatus(view) });
  async function get(id: string, caller: Caller): Promise<ImportState> {
    demandDesired(caller);
    const { owner } = caller.actor;
    const found =
      id === "last" ? (await store.imports(owner, 1))[0] : await store.import(id, owner);
    if (found != null) return stateOf(found);
    throw new AppError("not_found", "you have made no such import: GET /v1/imports lists yours");
  }
  return {
    get,
    async list(caller, limit) {
      demandDesired(caller);
      return (await store.imports(caller.actor.owner, limit)).map(stateOf);
    },
    lines: async ({ id }, page) => await store.importLines(id, page),
  };
}
