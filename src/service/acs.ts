/** One ACS: how it stands, what was called, and how many calls at once it answers rightly. */
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import { LACKING } from "../model/acs-promises.ts";
import type { ApiReadLimits } from "../model/api-acs.ts";
import type { AcsView, CallView, RequestView } from "../ports/acs-view.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, type Caller } from "./access.ts";
import { readLimits } from "./read-limits.ts";

const probeSchema = z.strictObject({
  devices: z.array(z.string().min(1).max(400)).max(100).default([]),
  sample: z.int().min(5).max(1_000).default(20),
  upTo: z.int().min(1).max(32).default(4),
});

/** What the API takes; the document of the API is made of the same. */
export const PROBE_BODY = probeSchema;

export interface AcsService {
  /** @throws `not_found` with the names that there are */
  status(
    name: string,
    caller: Caller,
    now: Date,
  ): Promise<{ readonly view: AcsView; readonly reads: ApiReadLimits | null }>;
  calls(
    name: string,
    query: { readonly device: string | null; readonly faultsOnly: boolean; readonly limit: number },
    caller: Caller,
  ): Promise<readonly CallView[]>;
  probe(name: string, body: unknown, caller: Caller): Promise<RequestView>;
  request(name: string, id: number, caller: Caller): Promise<RequestView>;
}

export function acsOf({ store }: { readonly store: FleetStore }): AcsService {
  const find = async (name: string): Promise<AcsView> => {
    const view = await store.acsView(name);
    if (view !== null) return view;
    const names = (await store.records("Acs")).map((record) => record.name).join(", ");
    const known = names === "" ? "there is none yet" : `there are ${names}`;
    throw new AppError("not_found", `no Acs is named ${name}; ${known}`);
  };
  const device = async (id: string): Promise<string> => {
    const found = await store.resolveDevice(id);
    if (found === null) throw new AppError("not_found", `no device is named ${id}`);
    return found.id;
  };
  const requestOf = async (name: string, id: number): Promise<RequestView> => {
    const found = await store.request(name, id);
    if (found === null) throw new AppError("not_found", `${name} was never asked ${id}`);
    return found;
  };
  return {
    async status(name, caller, now) {
      demand(caller, "devices:read");
      const view = await find(name);
      return { view, reads: await readLimits(store, name, view.spec, now) };
    },
    async calls(name, query, caller) {
      demand(caller, "devices:read");
      await find(name);
      const id = query.device === null ? null : await device(query.device);
      return await store.calls({ acs: name, ...query, device: id });
    },
    async probe(name, body, caller) {
      demand(caller, "admin");
      const { devices, ...given } = parseWith(probeSchema, body, "probe");
      await find(name);
      const ids: string[] = [];
      for (const each of devices) ids.push(await device(each));
      return await requestOf(
        name,
        await store.askProbe(name, { ...given, devices: ids }, caller.actor),
      );
    },
    async request(name, id, caller) {
      demand(caller, "devices:read");
      return await requestOf(name, id);
    },
  };
}

/** The promise that is left, for each thing that an ACS lacks. */
export function degraded(view: AcsView): { readonly lacks: string; readonly promise: string }[] {
  const { capabilities } = view.stats;
  if (capabilities == null) return [];
  return Object.entries(LACKING)
    .filter(([name]) => !capabilities[name as keyof typeof LACKING])
    .map(([, { word, promise }]) => ({ lacks: word, promise }));
}
