/** What a WiMAX CPE shows to the AAA by EAP. */
import { credential, secret } from "./basic-types.ts";
import { kept, LINE, type Family } from "./def.ts";

export const WIMAX: Family = {
  "wimax.auth.identity": kept(
    credential,
    "outer identity of the WiMAX subscription",
    "billing",
    LINE,
  ),
  "wimax.auth.password": kept(secret(255), "secret of the WiMAX subscription", "billing", LINE),
};
