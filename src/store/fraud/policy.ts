/** The policy in force: the record `default` of kind FraudPolicy, or what holds without one. */
import type { ListedCredential } from "../../fraud/facts/billing.ts";
import type { RulePolicy } from "../../fraud/evaluate.ts";
import { normalisedUser } from "../../fraud/sighting.ts";
import type { Trx } from "../transaction.ts";
import type { Digest } from "./query.ts";

export interface PolicyInForce {
  /** False: nothing is evaluated; what came in is stored all the same. */
  readonly detection: boolean;
  readonly rules: RulePolicy;
  readonly listed: readonly ListedCredential[];
  /** Owners of tokens that are persons; of nobody else it is asked what he did. */
  readonly people: readonly string[];
}

/** As `manifest/kinds/fraud-policy.ts` leaves it; validated when it was applied. */
interface Spec {
  readonly detection?: boolean;
  readonly rules?: RulePolicy;
  readonly listed?: readonly {
    readonly username?: string;
    readonly realm?: string;
    /** In place of a name: of a secret that CPEs show, as a finding names it. */
    readonly fingerprint?: string;
    readonly kind: ListedCredential["kind"];
    readonly until?: string;
  }[];
  readonly people?: readonly string[];
}

/** Parking credentials of ACS records are listed by themselves: every box without a service shares one. */
export async function policyInForce(trx: Trx, digest: Digest): Promise<PolicyInForce> {
  const rows = await trx
    .selectFrom("records")
    .select(["kind", "name", "spec"])
    .where("kind", "in", ["FraudPolicy", "Acs"])
    .orderBy("name")
    .execute();
  const spec: Spec =
    rows.find(({ kind, name }) => kind === "FraudPolicy" && name === "default")?.spec ?? {};
  const named = (username: string, realm = ""): string =>
    digest("username", normalisedUser({ user: username, realm }));
  const parking = rows.flatMap(({ spec: { parkingCredential } }): ListedCredential[] => {
    const { username, realm } = (parkingCredential ?? {}) as { username?: string; realm?: string };
    if (username === undefined) return [];
    return [{ digest: named(username, realm), kind: "parking", untilAt: null }];
  });
  const listed = (spec.listed ?? []).map(({ username = "", realm, fingerprint, kind, until }) => ({
    digest: fingerprint ?? named(username, realm),
    kind,
    untilAt: until === undefined ? null : Date.parse(until),
  }));
  return {
    detection: spec.detection ?? true,
    rules: spec.rules ?? {},
    listed: [...parking, ...listed],
    people: spec.people ?? [],
  };
}
