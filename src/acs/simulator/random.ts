/** Seeded randomness: the same seed gives the same fleet, the same trouble, in the same order. */

/** FNV-1a, 32 bits, with a final mix so that neighbours (SIM000001, SIM000002) land far apart. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) that belongs to a text. */
export function unit(text: string): number {
  return hash32(text) / 0x1_0000_0000;
}

/** A sequence of numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: string): () => number {
  let state = hash32(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Exactly `round(share * n)` of the texts, the same ones for the same salt; order of the input is kept. */
export function chooseShare(ids: readonly string[], share: number, salt: string): string[] {
  const wanted = Math.round(Math.min(1, Math.max(0, share)) * ids.length);
  if (wanted === ids.length) return [...ids];
  const ranked = [...ids].sort((a, b) => hash32(salt + a) - hash32(salt + b) || (a < b ? -1 : 1));
  const chosen = new Set(ranked.slice(0, wanted));
  return ids.filter((id) => chosen.has(id));
}

/** One draw of a log-normal duration: half of them are below the median; sigma 0.5 gives a p90 of 1.9 medians. */
export function logNormal(medianMs: number, sigma: number, random: () => number): number {
  const u = Math.max(random(), Number.EPSILON);
  const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp(sigma * normal);
}
