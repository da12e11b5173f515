/** Bodies that belong to no service; the others stand beside the service that reads them. */
import { z } from "zod";

const MAX_DOCUMENTS = 100_000;

export const bundle = z.strictObject({
  documents: z.array(z.unknown()).min(1).max(MAX_DOCUMENTS),
});
export const nothing = z.strictObject({});
