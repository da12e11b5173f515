/** The rules, in the order of the catalogue; one line for each. */
import type { PatternId } from "./pattern.ts";
import type { Rule } from "./rule.ts";
import { concurrentUse } from "./p01-concurrent-use.ts";
import { macClone } from "./p02-mac-clone.ts";
import { serialClone } from "./p03-serial-clone.ts";
import { movedLine } from "./p04-moved-line.ts";
import { foreignDevice } from "./p05-foreign-device.ts";
import { afterEnd } from "./p06-after-end.ts";
import { stillOnline } from "./p07-still-online.ts";
import { fanOut } from "./p08-fan-out.ts";
import { defaultCredential } from "./p09-default-credential.ts";
import { acsLoginReuse } from "./p10-acs-login-reuse.ts";
import { configDrift } from "./p11-config-drift.ts";
import { alternating } from "./p12-alternating.ts";
import { impossibleMove } from "./p13-impossible-move.ts";
import { sectorHop } from "./p14-sector-hop.ts";
import { guessing } from "./p15-guessing.ts";
import { stolenOrResold } from "./p16-stolen-or-resold.ts";
import { greyBench } from "./p17-grey-bench.ts";
import { insider } from "./p18-insider.ts";
import { sipAbuse } from "./p19-sip-abuse.ts";
import { accountingForgery } from "./p20-accounting-forgery.ts";

export const RULES: Readonly<Record<PatternId, Rule>> = {
  P01: concurrentUse,
  P02: macClone,
  P03: serialClone,
  P04: movedLine,
  P05: foreignDevice,
  P06: afterEnd,
  P07: stillOnline,
  P08: fanOut,
  P09: defaultCredential,
  P10: acsLoginReuse,
  P11: configDrift,
  P12: alternating,
  P13: impossibleMove,
  P14: sectorHop,
  P15: guessing,
  P16: stolenOrResold,
  P17: greyBench,
  P18: insider,
  P19: sipAbuse,
  P20: accountingForgery,
};
