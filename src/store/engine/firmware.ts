/** Firmware as the engine's side of the store sees it: images from their records, downloads from their intents. */
import type { DownloadIntent, FirmwareImage } from "../../model/records.ts";
import { firmwareSpecOf } from "../images.ts";
import type { Row } from "./load-row.ts";

export function imagesOf(records: Row["records"]): FirmwareImage[] {
  return records
    .filter(({ kind }) => kind === "FirmwareImage")
    .map(({ name, spec }) => {
      const { mayFollow = null, ...rest } = firmwareSpecOf(spec);
      return { name, ...rest, mayFollow };
    });
}

/** A download is the one call of its intent. */
export function downloadOf({ edits, seen_at }: Row["intents"][number]): DownloadIntent | null {
  const [only] = edits;
  if (only === undefined || !("action" in only) || only.action !== "download") return null;
  const { image, sha256, over, version } = only;
  const seenAt = seen_at === null ? null : new Date(seen_at);
  return { hop: { image, sha256, over, version }, seenAt };
}
