/** The only place where parts meet: store, ACS adapters, controller, services, HTTP. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createAcs, guardSocket, type AcsKind } from "../acs/index.ts";
import { httpTransport } from "../acs/http.ts";
import { Controller } from "../controller/loop.ts";
import { scheduleHousekeeping } from "../controller/schedule.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { MapRecord } from "../model/records.ts";
import type { EngineStore } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { systemClock } from "./clock.ts";
import { wsdlFile } from "./shipped.ts";

export interface Engine {
  readonly controller: Controller;
  /** Until it resolves, a call may still be in flight. */
  stop(): Promise<void>;
}

/** Starts the controller over all `Acs` records. */
export function startEngine(
  store: EngineStore,
  mapsOf: (records: readonly MapRecord[]) => MapSet,
  telemetry: Telemetry,
  halted: () => string | null,
): Engine {
  const ended = new AbortController();
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`;
  const controller = new Controller({
    store,
    telemetry,
    clock: systemClock,
    mapsOf,
    holder,
    halted,
    transport: (settings, admit) =>
      guardSocket(
        settings().kind as AcsKind,
        httpTransport({
          deadlineMs: settings().callDeadlineMs,
          now: () => systemClock.now(),
          admit,
        }),
        () => settings().mode,
      ),
    createAcs: (settings, transport, scope) => {
      const { restAddress } = settings();
      return createAcs(
        settings().kind as AcsKind,
        {
          url: settings().address,
          ...(restAddress === undefined ? {} : { restAddress }),
          wsdl: wsdlFile(),
          auth: settings().auth,
          appId: "plumbline",
          transport,
          clock: systemClock,
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
