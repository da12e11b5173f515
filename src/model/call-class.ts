/** What the ACS's time is spent on. The gate orders by it, the queue stores its place in this list. */
export const CALL_CLASSES = ["urgent", "returning", "rollout", "drift", "read", "probe"] as const;

export type CallClass = (typeof CALL_CLASSES)[number];
