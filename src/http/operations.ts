/** What became of a change: `GET /v1/operations/{id}`, and the wait of a caller who wants to see its effect. */
import type { ApiOperation } from "../model/api.ts";
import { isOver, type Operation, type Operations } from "../service/operations.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { waitOf } from "./prefer.ts";
import { noQuery } from "./query.ts";

export function operationPath(id: string): string {
  return `/v1/operations/${id}`;
}

function shown(operation: Operation): ApiOperation {
  const { id, kind, status, madeAt, provenAt, supersededBy, writer, generation, device } =
    operation;
  const self = `/v1/devices/${encodeURIComponent(device.id)}`;
  const { reason, message, nextAt } = device;
  return {
    ...{ id, kind, status, writer, generation },
    at: madeAt.toISOString(),
    provenAt: provenAt?.toISOString() ?? null,
    supersededBy,
    // Of now, and so only while it goes on.
    device:
      isOver(operation) && status !== "failed"
        ? null
        : { reason, message, nextAt: nextAt?.toISOString() ?? null },
    links: { device: self, desired: `${self}/desired` },
  };
}

/** `null`: nobody waits, or nothing is known of it. Headers say what of the preference was taken, and when to look again. */
export async function waited(
  c: Ctx,
  operations: Operations,
  id: string,
): Promise<Operation | null> {
  const seconds = waitOf(c);
  if (seconds === null) return null;
  const operation = await operations.settled(id, c.get("caller"), seconds * 1_000);
  if (operation === null) return null;
  c.header("Preference-Applied", `wait=${seconds}`);
  if (!isOver(operation)) c.header("Retry-After", "5");
  return operation;
}

export function operationRoutes(app: Router, operations: Operations): void {
  app.get("/v1/operations/:id", async (c) => {
    const id = c.req.param("id");
    noQuery(c);
    const operation =
      (await waited(c, operations, id)) ?? (await operations.get(id, c.get("caller")));
    if (!isOver(operation)) c.header("Retry-After", "5");
    return c.json(shown(operation));
  });
}
