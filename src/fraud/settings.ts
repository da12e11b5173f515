/**
 * What all rules share, with the catalogue's figures as defaults; those marked *ours* have no figure there. A `FraudPolicy` may
 * set each of them. Milliseconds unless the name says otherwise.
 */
import { DAY, HOUR, MINUTE, SECOND } from "./facts/instant.ts";

export const SETTINGS = {
  /** Both sides must show life this long after the later of two starts. */
  overlapMs: 60 * SECOND,
  /** *Ours.* How long a NAS may keep the session of a CPE that is gone, so that its last packets are no sign of life. */
  lingerMs: 5 * MINUTE,
  /** *Ours.* Clocks of two NASes that differ by less are taken as equal. */
  clockToleranceMs: 30 * SECOND,
  /** *Ours.* Two reports of one tunnelled or doubled session start within this. */
  coStartMs: 60 * SECOND,
  swapBeforeMs: HOUR,
  swapAfterMs: 24 * HOUR,
  firmwareMs: 30 * MINUTE,
  outageMs: 30 * MINUTE,
  massStartShare: 0.2,
  massStartMs: 5 * MINUTE,
  /** *Ours.* A fifth of four sessions is no crowd. */
  massStartAtLeast: 5,
  endGraceMs: 60 * SECOND,
  bootGraceMs: 15 * MINUTE,
  /** *Ours.* A ticket may be written this long after the work; until then one-sided evidence confirms nothing. */
  lateTicketMs: 4 * HOUR,
  /** A box that was away for a day without an order is not in the middle of a swap. */
  silentMs: 24 * HOUR,
  /** One MAC on so many boxes is a fault of a batch. */
  sharedMacAtLeast: 3,
  /** *Ours.* So many MACs under a name that billing does not know: an outer or technical identity, not a customer's. */
  pseudonymMacs: 10,
  interimMs: 5 * MINUTE,
  refurbishedMs: 24 * HOUR,
  /** *Ours.* How far back facts are kept in view: the longest rule needs seven days. */
  retentionMs: 8 * DAY,
};
export type Settings = typeof SETTINGS;
