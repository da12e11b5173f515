/** The layers of maps, from what many devices have in common to what one operator wants otherwise. */
export const LAYERS = ["base", "vendor", "model", "firmware", "site"] as const;
export type Layer = (typeof LAYERS)[number];
export const layerRank = (layer: Layer): number => LAYERS.indexOf(layer);

/** Maps of base and vendor say what many devices have in common; one of a model says that somebody knew the device. */
export const isNarrow = (layer: Layer): boolean => layerRank(layer) >= layerRank("model");
