/** What we promise of an ACS that lacks something, for each thing that it may lack (design.md 5). */
type Lacking =
  | "listDevices"
  | "lastContact"
  | "bootstrapCount"
  | "waitsForInform"
  | "connectionRequest"
  | "liveReads"
  | "bulkReads"
  | "taskStatus"
  | "cancelTask"
  | "typedWrites"
  | "events";

/** In the order in which they are shown: what an operator notices first. */
export const LACKING: {
  readonly [C in Lacking]: { readonly word: string; readonly promise: string };
} = {
  listDevices: {
    word: "list of devices",
    promise: "devices come from billing or an import, and none is found by itself",
  },
  lastContact: {
    word: "last contact",
    promise:
      "signs of life come from our own reads, from RADIUS where it is fed in, and from status calls within the probe budget: without RADIUS a CPE that is back is found minutes later",
  },
  bootstrapCount: {
    word: "bootstrap count",
    promise: "a factory reset shows as managed values gone back to default, at the next read",
  },
  waitsForInform: {
    word: "tasks that wait",
    promise:
      "a CPE that no connection request reaches is never read, and shows as offline while it informs",
  },
  connectionRequest: {
    word: "connection request",
    promise: "a CPE is woken only together with a read or a write",
  },
  liveReads: {
    word: "live reads",
    promise: "values are as old as the ACS's last read, so nothing is called converged",
  },
  bulkReads: {
    word: "bulk reads",
    promise:
      "each device is read by itself within its evidence budget, whatever the ACS has just read of it",
  },
  taskStatus: {
    word: "task status",
    promise: "whether an accepted write was done is known only by reading the CPE",
  },
  cancelTask: {
    word: "task cancelling",
    promise:
      "a write that did not reach its CPE may still be done later, also after a stop; it stays listed until a read settles it",
  },
  typedWrites: {
    word: "typed writes",
    promise: "values go as text, and the ACS chooses their type",
  },
  events: {
    word: "events",
    promise: "changes outside of us are found by reading, within the evidence budget",
  },
};
