/** The paths that a map names outside its bindings: anchors choose rows, actions tell the device to do something. */
import { pointerOf } from "../../lib/schema.ts";
import type { Anchor } from "../anchors.ts";
import type { Stack } from "../layers.ts";
import { literalText } from "../literal.ts";
import { printTemplate } from "../path.ts";
import type { Purpose } from "./table-text.ts";
import { fromRoot, under, type Use } from "./uses.ts";

interface Place {
  readonly file: string;
  readonly pointer: string;
}

const use = (path: string, purpose: Purpose, { file, pointer }: Place, written = false): Use => ({
  path,
  anchor: null,
  purpose,
  file,
  pointer,
  logical: null,
  written,
  secret: false,
});

export function usesOfAnchors(map: Stack, anchors: ReadonlyMap<string, Anchor>): Use[] {
  return [...anchors].flatMap(([name, anchor]): Use[] => {
    const { file, pointer } = map.anchors.get(name) ?? { file: map.file, pointer: "" };
    const at = (place: string): Place => ({ file, pointer: pointer + place });
    if (anchor.kind === "follow") {
      const from = fromRoot(anchor.from, anchors);
      return [
        ...(from === undefined ? [] : [use(from, "condition", at("/follow"))]),
        use(printTemplate(anchor.to), "row", at("/to")),
      ];
    }
    const row = printTemplate(anchor.row);
    const conditions = (["where", "prefer"] as const).flatMap((list) =>
      anchor[list].map(({ param }, index) =>
        use(under(row, param), "condition", at(`/${list}/${index}/param`)),
      ),
    );
    return [use(row, "row", at("/row")), ...conditions];
  });
}

/** What an action writes by itself. */
export interface ActionWrite extends Place {
  readonly action: string;
  readonly path: string;
  readonly text: string;
}

export function writesOfActions(map: Stack): ActionWrite[] {
  return [...map.actions].flatMap(([action, { file, pointer, value }]) =>
    Object.entries(value.write ?? {}).map(([path, literal]) => ({
      action,
      path,
      text: literalText(literal),
      file,
      pointer: `${pointer}/write${pointerOf([path])}`,
    })),
  );
}

export function usesOfActions(map: Stack): Use[] {
  const started = writesOfActions(map).map((write) => use(write.path, "action", write, true));
  const markers = [...map.actions.values()].flatMap(({ file, pointer, value }) =>
    value.marker === undefined
      ? []
      : [use(value.marker, "value", { file, pointer: `${pointer}/marker` }, true)],
  );
  return [...started, ...markers];
}
