/** A parameter map as YAML that a person goes on with: short nodes on one line, a comment above each binding. */
import { Document, isMap, isScalar, isSeq, visit, type Node } from "yaml";

/** Columns that a node on one line may take. */
const WIDTH = 80;

/** How long a node is on one line, roughly; enough to decide whether it may stand on one. */
function lengthOf(node: unknown): number {
  if (isScalar(node)) return String(node.value).length + 2;
  if (isSeq(node)) return 2 + node.items.reduce<number>((sum, item) => sum + lengthOf(item) + 2, 0);
  if (isMap(node)) {
    const pairs = node.items;
    return 2 + pairs.reduce((sum, { key, value }) => sum + lengthOf(key) + lengthOf(value) + 3, 0);
  }
  return 0;
}

/**
 * @param comments above each binding, by logical name
 * @param head lines at the top; the modeline for editors comes before them
 */
export function printMap(
  document: Readonly<Record<string, unknown>>,
  comments: ReadonlyMap<string, string>,
  head: readonly string[],
): string {
  const yaml = new Document(document);
  yaml.commentBefore = [
    " yaml-language-server: $schema=parametermap.json",
    ...head.map((line) => ` ${line}`),
  ].join("\n");
  const bind = yaml.getIn(["spec", "bind"]);
  if (isMap(bind)) {
    for (const { key } of bind.items) {
      if (!isScalar(key)) continue;
      const comment = comments.get(String(key.value));
      if (comment !== undefined) (key as Node).commentBefore = ` ${comment}`;
    }
  }
  visit(yaml, {
    Collection(_key, node, path) {
      // The envelope and the list of bindings stay blocks, whatever their size.
      if (path.length > 5 && lengthOf(node) <= WIDTH) node.flow = true;
    },
  });
  return yaml.toString({ lineWidth: 100, flowCollectionPadding: true });
}
