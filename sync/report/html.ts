/** A piece of HTML that is safe as it stands. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Part[];

/** Puts HTML together: what is inserted is escaped, unless it is HTML already. Lists are joined, undefined is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + rendered(parts[index])).join("") };
}

function rendered(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "html" in part ? part.html : part.map(rendered).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands in HTML, between tags and in attributes. What no page may hold is left out. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\P{Cc}]/gu, " ")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
