/** The registry of laws, one line each. Their statements in full: `says` of each. */
import type { Law } from "./law.ts";
import { alphabet } from "./rules/alphabet.ts";
import { blindSecret } from "./rules/blind-secret.ts";
import { disjoint } from "./rules/disjoint.ts";
import { domain } from "./rules/domain.ts";
import { frame } from "./rules/frame.ts";
import { getPut } from "./rules/get-put.ts";
import { putGet } from "./rules/put-get.ts";
import { putPut } from "./rules/put-put.ts";
import { quiet } from "./rules/quiet.ts";
import { renumber } from "./rules/renumber.ts";

export const LAWS: readonly Law[] = [
  putGet,
  getPut,
  putPut,
  quiet,
  frame,
  disjoint,
  domain,
  alphabet,
  renumber,
  blindSecret,
];
