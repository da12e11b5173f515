/**
 * The evidence pack: plain JSON, so that it is stored, exported and compared as it is. Digests only, never a secret. A line, a MAC or a
 * place tied to a customer is personal data: whoever stores or shows a pack logs the access.
 */
import { hashValue } from "../lib/hash.ts";
import type { Exhibit } from "./evidence.ts";
import { printInstant } from "./facts/instant.ts";
import type { GuardResult, Verdict } from "./verdict.ts";

/** With a hash of its members, so that a copy can be held against the stored one. */
export interface SealedExhibit extends Exhibit {
  readonly hash: string;
}

export interface EvidencePack {
  readonly pattern: string;
  readonly ruleVersion: number;
  readonly credential: string | null;
  readonly service: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly signals: readonly string[];
  readonly guards: readonly GuardResult[];
  readonly exhibits: readonly SealedExhibit[];
}

export function evidencePack(verdict: Verdict): EvidencePack {
  return {
    pattern: verdict.pattern,
    ruleVersion: verdict.ruleVersion,
    credential: verdict.credential,
    service: verdict.serviceRef,
    firstAt: printInstant(verdict.beganAt),
    lastAt: printInstant(verdict.lastAt),
    signals: verdict.signals,
    guards: verdict.guards,
    exhibits: verdict.exhibits.map((exhibit) => ({ ...exhibit, hash: hashValue(exhibit) })),
  };
}
