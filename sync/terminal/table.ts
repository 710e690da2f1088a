import { harmless } from "./harmless.js";
import { widthOf, wrapped } from "./layout.js";
import { paint, type Tone } from "./paint.js";

/** A cell: text, or text that is meant in some way. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = 2;
/** No column is squeezed below this while another one is wider. */
const NARROWEST = 8;

/**
 * Rows under their titles, within `columns`: each column is as wide as it needs, and where there is not room enough the
 * widest give way and their cells go on in the next line, at words. Text of other programs does no harm to the terminal.
 */
export function table(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const lines = [titles, ...rows].map((cells) => cells.map(cellOf));
  const needed = titles.map((_, column) =>
    Math.max(1, ...lines.map((cells) => widthOf(cells[column]?.text ?? ""))),
  );
  const widths = squeezed(needed, columns - GAP * (titles.length - 1));
  return lines.flatMap((cells) => linesOf(cells, widths)).join("\n");
}

const cellOf = (cell: Cell) =>
  typeof cell === "string"
    ? { text: harmless(cell), tone: undefined }
    : { text: harmless(cell.text), tone: cell.tone };

/** The widths of columns that share so much room: the widest give way first. */
export function squeezed(needed: readonly number[], room: number): number[] {
  const widths = [...needed];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0 && Number.isFinite(excess)) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    const next = Math.max(NARROWEST, ...widths.filter((width) => width < widest));
    const wide = widths.flatMap((width, column) => (width === widest ? [column] : []));
    const each = Math.min(widest - next, Math.ceil(excess / wide.length));
    for (const column of wide) {
      const less = Math.min(each, Math.max(0, excess));
      widths[column] = widest - less;
      excess -= less;
    }
  }
  return widths;
}

function linesOf(cells: readonly ReturnType<typeof cellOf>[], widths: readonly number[]): string[] {
  const pieces = widths.map((width, column) => wrapped(cells[column]?.text ?? "", width));
  const height = Math.max(...pieces.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const last = pieces.findLastIndex((piece) => (piece[line] ?? "") !== "");
    return pieces
      .slice(0, last + 1)
      .map((piece, column) => {
        const text = piece[line] ?? "";
        const tone = cells[column]?.tone;
        const filling = column === last ? "" : " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        return `${tone === undefined || text === "" ? text : paint(tone, text)}${filling}`;
      })
      .join(" ".repeat(GAP));
  });
}
