/**
 * Firmware of simulated CPEs. Which version a file holds is said by its name: what stands between the last `_` and the
 * ending, as in `wimax-25_2.1.0.bin` or `HG8245_V5R020C10.img`. A file of another name changes no version.
 */
import type { CpeOp } from "./cpe.ts";

/** What CPEs meet at the file server: 9010 is CWMP's "download failure", 9016 its "cannot contact file server". */
export const FILE_SERVERS = ["answers", "fails-9010", "fails-9016"] as const;
export type FileServer = (typeof FILE_SERVERS)[number];

type DownloadOp = Extract<CpeOp, { readonly kind: "download" }>;

/** @returns null for a file that does not say */
export function versionIn(address: string): string | null {
  const last = address.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
  return /_([^_]+)\.[A-Za-z0-9]+$/.exec(decoded(last))?.[1] ?? null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function downloadOp(url: string, server: FileServer): DownloadOp {
  const fault = server === "answers" ? null : Number(server.slice(-4));
  return { kind: "download", url, version: versionIn(url), fault };
}
