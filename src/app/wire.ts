/** The only place where parts meet: store, ACS adapters, controller, services, HTTP. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createAcs, guardSocket, type AcsKind } from "../acs/index.ts";
import { httpTransport, type HttpOptions } from "../acs/http.ts";
import type { Pace, Remembered } from "../controller/lane.ts";
import { Controller } from "../controller/loop.ts";
import { scheduleHousekeeping } from "../controller/schedule.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { MapRecord } from "../model/records.ts";
import type { Clock } from "../lib/time.ts";
import type { Transport } from "../ports/acs.ts";
import type { EngineStore } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { packageVersion } from "../package/files.ts";
import { systemClock } from "./clock.ts";
import { wsdlFile } from "./shipped.ts";

export interface Engine {
  readonly controller: Controller;
  /** Until it resolves, a call may still be in flight. */
  stop(): Promise<void>;
}

/** What the engine stands on: time, and the way to an ACS. */
export interface Ground {
  readonly clock: Clock;
  readonly transport: (options: HttpOptions) => Transport;
  readonly pace: Pace;
  readonly remembered: Remembered;
}

const NOTHING: Remembered = { servedAt: () => null, served: () => undefined };

export const REAL_GROUND: Ground = {
  clock: systemClock,
  transport: httpTransport,
  pace: { pollMs: 500, recordsMs: 2_000, requestsMs: 1_000 },
  remembered: NOTHING,
};

/** Starts the controller over all `Acs` records. */
export function startEngine(
  store: EngineStore,
  mapsOf: (records: readonly MapRecord[]) => MapSet,
  telemetry: Telemetry,
  halted: () => string | null,
  { clock, transport, pace, remembered }: Ground = REAL_GROUND,
): Engine {
  const ended = new AbortController();
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`;
  const controller = new Controller({
    store,
    telemetry,
    clock,
    pace,
    mapsOf,
    holder,
    halted,
    release: packageVersion(),
    remembered,
    transport: (settings, admit) =>
      guardSocket(
        settings().kind as AcsKind,
        transport({ deadlineMs: settings().callDeadlineMs, now: () => clock.now(), admit }),
        () => settings().mode,
      ),
    createAcs: (settings, gate, scope) => {
      const { restAddress } = settings();
      return createAcs(
        settings().kind as AcsKind,
        {
          url: settings().address,
          ...(restAddress === undefined ? {} : { restAddress }),
          wsdl: wsdlFile(),
          auth: settings().auth,
          appId: "plumbline",
          transport: gate,
          clock,
        },
        {
          mode: () => settings().mode,
          inScope: scope,
        },
      );
    },
  });
  const running = controller.run(ended.signal);
  const housekeeping = scheduleHousekeeping(store, telemetry);
  return {
    controller,
    async stop() {
      housekeeping.stop();
      ended.abort();
      await running;
    },
  };
}
