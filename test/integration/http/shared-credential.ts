/** A credential in two boxes at once, as RADIUS tells it: the simplest misuse that there is. */
import { sql } from "kysely";
import { expect } from "vitest";
import { CANARY } from "../../support/radius-mutations.ts";
import { made } from "../../support/radius-samples.ts";
import type { Api } from "./api-fixture.ts";

const MINUTE = 60_000;

/** The report of the first day was two days ago: what is seen from now on is a finding. */
export async function lookedAtBefore(api: Api): Promise<void> {
  await sql`
    insert into meta (key, value) values ('fraud.first_look', jsonb_build_object('at', now() - interval '2 days', 'told', now()))`.execute(
    api.db,
  );
}

/** A session that runs until now, told at once. */
export async function session(
  api: Api,
  user: string,
  mac: string,
  nas: string,
  minutes: number,
): Promise<void> {
  const from = Date.now() - minutes * MINUTE;
  const token = await api.token("radius", "radius:ingest");
  const send = async (status: string, at: number): Promise<void> => {
    const body = made("accounting", {
      "Acct-Status-Type": status,
      "User-Name": user,
      "User-Password": CANARY,
      "Acct-Session-Id": `${nas}-${mac}`,
      "NAS-Identifier": nas,
      "NAS-Port-Id": `${nas}/1`,
      "Calling-Station-Id": mac,
      "Tmp-Integer-0": Math.round(at / 1_000),
      ...(status === "Start"
        ? {}
        : {
            "Acct-Session-Time": Math.round((at - from) / 1_000),
            "Acct-Input-Octets": Math.round((at - from) / 100),
          }),
    });
    const answer = await api.call("POST", "/v1/radius/accounting", { bytes: body.bytes, token });
    expect(answer.status).toBe(204);
  };
  await send("Start", from);
  for (let at = from + 5 * MINUTE; at <= Date.now(); at += 5 * MINUTE)
    await send("Interim-Update", at);
}

export async function evaluateAll(api: Api): Promise<void> {
  const never = (error: unknown): never => {
    throw error;
  };
  while ((await api.findings.evaluateDue(never)) > 0);
}

/** One credential in two boxes for an hour. */
export async function shared(api: Api, user: string, n: number): Promise<void> {
  await session(api, user, `00:0c:42:aa:00:0${n}`, `bng-a${n}`, 90);
  await session(api, user, `d4:ca:6d:bb:00:0${n}`, `bng-b${n}`, 60);
  await evaluateAll(api);
}
