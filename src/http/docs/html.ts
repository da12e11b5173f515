/** HTML as text that is escaped unless it is HTML already: a forgotten escape is not possible here. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return String(part).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Lists are joined, undefined is nothing. Attributes have to stand in quotes. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // The indentation of our source is half of the page, and nobody sees it.
  return new Html(
    texts.map((text, at) => text.replaceAll(/\n\s+/g, "\n") + textOf(parts[at])).join(""),
  );
}

/** Our own notation in descriptions: words between backticks are code, an empty line begins a paragraph, `- ` an item. */
export function prose(text: string): Html {
  return html`${text.split("\n\n").map((block) => {
    const lines = block.split("\n");
    return lines.every((line) => line.startsWith("- "))
      ? html`<ul>
          ${lines.map((line) => html`<li>${inline(line.slice(2))}</li>`)}
        </ul>`
      : html`<p>${inline(block)}</p>`;
  })}`;
}

export function inline(text: string): Html {
  return html`${text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}
