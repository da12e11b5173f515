/**
 * What became of a download. The ACS's word proves nothing, and neither does one read: proven is the wanted version, after
 * a boot newer than the download, and once more after it has run for so long without another boot (I4).
 */
import type { DownloadIntent, OpenIntent } from "../model/records.ts";

/** A boot so shortly before or behind the sending may be either: uptime counts seconds, and a read takes some of them. */
const SLACK_MS = 5_000;
const MINUTE = 60_000;
/** Nobody knows at which of its Informs a CPE behind NAT is given the download. */
const PULLED_MS = 24 * 60 * MINUTE;

export type Downloading = OpenIntent & { readonly download: DownloadIntent };

export function isDownloading(intent: OpenIntent): intent is Downloading {
  return intent.download !== null;
}

/**
 * notTaken: it booted and runs what it ran. reverted: it ran the new version, and does not any more. transfer: the ACS says
 * that the CPE could not fetch it. overdue: its time is over, and it runs what it ran. noBoot: it says the new version, and
 * that it has not booted.
 */
export type FlashFailure = "notTaken" | "reverted" | "transfer" | "overdue" | "noBoot";

export type FlashVerdict =
  /** `soaking`: the new version runs, since `seenAt` as far as we know. `inMs`: when the next read can tell more. */
  | {
      readonly kind: "fetching" | "soaking";
      readonly seenAt: Date | null;
      readonly detail: string;
      readonly inMs: number;
    }
  | { readonly kind: "verified" }
  | { readonly kind: "failed"; readonly how: FlashFailure; readonly detail: string }
  /** Nobody knows whether it was sent, or it was without power or link for all of its time; it may be sent again. */
  | { readonly kind: "lost" };

export interface FlashFacts {
  /** Null: the read does not say. */
  readonly running: string | null;
  readonly booted: Date | null;
  /** When the device said so; database time, as all times here. */
  readonly readAt: Date;
  /** The ACS's word; null where it has none. */
  readonly task: "done" | "pending" | "failed" | null;
  /** It has just come back: nobody knows for how much of the time it was there. */
  readonly absent: boolean;
  readonly pull: boolean;
  readonly withinMs: number;
  readonly soakMs: number;
}

const at = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** `image fw-21 (2.1.0), sent 2026-03-01T00:10:00Z` */
export function sentText({ download, intendedAt }: Downloading): string {
  const { image, version } = download.hop;
  return `image ${image} (${version}), sent ${at(intendedAt)}`;
}

export function judgeDownload(intent: Downloading, facts: FlashFacts): FlashVerdict {
  if (facts.running === intent.download.hop.version) return judgeNew(intent, facts);
  return judgeOld(intent, facts);
}

function judgeNew(intent: Downloading, facts: FlashFacts): FlashVerdict {
  const { booted, readAt, soakMs } = facts;
  const known = intent.download.seenAt;
  const isNewer = booted !== null && booted.getTime() >= intent.intendedAt.getTime() - SLACK_MS;
  if (!isNewer && known === null) {
    const detail = `${sentText(intent)}: it says the new version, and no boot`;
    if (isOverdue(intent, facts)) return { kind: "failed", how: "noBoot", detail };
    return fetching(intent, facts, detail);
  }
  const seenAt = known ?? readAt;
  // A boot in the soak begins it anew: what runs for a minute and boots is not proven by the clock on the wall.
  const from = Math.max(seenAt.getTime(), booted?.getTime() ?? 0);
  const ends = new Date(from + soakMs);
  if (known !== null && readAt >= ends) return { kind: "verified" };
  const inMs = Math.max(1_000, ends.getTime() - readAt.getTime() + 1_000);
  const detail = `${sentText(intent)}: it runs since ${at(new Date(from))}, and has to until ${at(ends)}`;
  return { kind: "soaking", seenAt, detail, inMs };
}

function judgeOld(intent: Downloading, facts: FlashFacts): FlashVerdict {
  const { running, booted, task, absent } = facts;
  const { download, intendedAt, outcome } = intent;
  const sent = sentText(intent);
  const runs = `it still runs ${running ?? "nobody knows what"}`;
  if (running === null) return fetching(intent, facts, `${sent}: it does not say what it runs`);
  if (download.seenAt !== null) {
    const detail = `${sent}: it ran at ${at(download.seenAt)}, and now it runs ${running}`;
    return { kind: "failed", how: "reverted", detail };
  }
  if (task === "failed") {
    const detail = `${sent}: the ACS says that the CPE could not fetch it; ${runs}`;
    return { kind: "failed", how: "transfer", detail };
  }
  const wasSent = outcome === "accepted" || outcome === "done";
  const hasBooted = booted !== null && booted.getTime() > intendedAt.getTime() + SLACK_MS;
  if (wasSent && hasBooted && task !== "pending") {
    const detail = `${sent}: it booted at ${at(booted)}, and runs ${running}`;
    return { kind: "failed", how: "notTaken", detail };
  }
  if (!isOverdue(intent, facts)) return fetching(intent, facts, `${sent}: ${runs}`);
  // What was never answered may never have been sent, and a CPE without power refuses nothing (I9).
  if (!wasSent || absent) return { kind: "lost" };
  return { kind: "failed", how: "overdue", detail: `${sent}: its time is over, and ${runs}` };
}

function dueBy({ intendedAt }: Downloading, { withinMs, pull }: FlashFacts): number {
  return intendedAt.getTime() + withinMs + (pull ? PULLED_MS : 0);
}

function isOverdue(intent: Downloading, facts: FlashFacts): boolean {
  return facts.readAt.getTime() > dueBy(intent, facts);
}

/** Looked at soon first, then more rarely: most CPEs are through within minutes, and each look costs a call. */
function fetching(intent: Downloading, facts: FlashFacts, detail: string): FlashVerdict {
  const passed = facts.readAt.getTime() - intent.intendedAt.getTime();
  const left = dueBy(intent, facts) - facts.readAt.getTime() + 1_000;
  const inMs = Math.min(
    5 * MINUTE,
    Math.max(MINUTE, Math.round(passed / 2)),
    Math.max(1_000, left),
  );
  return { kind: "fetching", seenAt: null, detail, inMs };
}

export interface Absence {
  /** It should be back by now. */
  readonly lost: boolean;
  readonly detail: string;
}

/** A device that went away with a firmware under way: it boots, as it should, or it does not come back. */
export function judgeAbsence(
  intent: Downloading,
  contactAt: Date | null,
  now: Date,
  withinMs: number,
): Absence {
  const last = Math.max(intent.intendedAt.getTime(), contactAt?.getTime() ?? 0);
  const lost = now.getTime() - last > withinMs;
  const since = contactAt === null ? "never seen" : `last sign of life ${at(contactAt)}`;
  const what = lost ? "the device has not come back" : "away, as for a boot";
  return { lost, detail: `${sentText(intent)}: ${what}; ${since}` };
}
