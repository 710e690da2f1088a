import type { Entry, LeftOut, PlanRow } from "../wire.js";
import { clause, count } from "../words.js";
import { Repair } from "./repair.js";

/** How a verdict is shown: a sign, a word and a tone. */
const VERDICTS: Readonly<Record<string, readonly [sign: string, tone: string, word: string]>> = {
  fits: ["✓", "good", "Fits"],
  coerced: ["✓", "good", "Converted"],
  created: ["+", "warning", "Created in Iterable"],
  dropped: ["!", "warning", "Iterable does not have this field"],
  looks_like: ["!", "warning", "Looks like another field"],
  cannot_fit: ["✗", "bad", "Cannot fit"],
  not_sent: ["–", "quiet", "Not sent"],
};

interface Props {
  readonly rows: readonly PlanRow[];
  readonly isSent: boolean;
  readonly onRepair: (row: PlanRow, repair: Entry) => void;
}

/** What becomes of a field's values, for each of its targets, with a repair where one is known. */
export function Verdict({ rows, isSent, onRepair }: Props) {
  if (!isSent) return <span class="quiet">Not sent</span>;
  if (rows.length === 0) return <span class="quiet">…</span>;
  return (
    <>
      {rows.map((row) => (
        <Target key={`${row.place} ${row.target}`} row={row} onRepair={onRepair} />
      ))}
    </>
  );
}

function Target({ row, onRepair }: { readonly row: PlanRow; readonly onRepair: Props["onRepair"] }) {
  const [sign, tone, word] = VERDICTS[row.verdict] ?? ["?", "warning", row.verdict];
  const lost = row.left_out?.reduce((sum, one) => sum + one.count, 0) ?? 0;
  return (
    <div class="verdict">
      <span class={`outcome ${lost > 0 ? "warning" : tone}`}>
        <span aria-hidden="true">{lost > 0 ? "!" : sign}</span>{" "}
        {lost > 0 ? `${count(lost)} of ${count(row.filled ?? 0)} left out` : word}
        {row.target_type !== "" && ` · ${row.target_type}`}
      </span>
      {row.detail !== "" && <span class="detail">{row.detail}</span>}
      {row.sent !== undefined && row.filled !== undefined && (
        <span class="detail">
          {count(row.sent + (row.coerced ?? 0))} of {count(row.filled)} sent
          {row.coerced ? `, ${count(row.coerced)} of them converted` : ""}
        </span>
      )}
      {row.left_out?.map((one) => (
        <Loss
          key={`${one.reason} ${one.shape}`}
          loss={one}
          of={row.filled}
          onRepair={(repair) => onRepair(row, repair)}
        />
      ))}
    </div>
  );
}

function Loss({
  loss,
  of,
  onRepair,
}: {
  readonly loss: LeftOut;
  readonly of: number | undefined;
  readonly onRepair: (repair: Entry) => void;
}) {
  const { text, count: number, shape } = loss;
  return (
    <span class="loss">
      {count(number)}
      {of !== undefined && ` of ${count(of)}`}: {clause(text)}
      {shape !== undefined && (
        <>
          , such as <code>{shape}</code>
        </>
      )}
      <Repair loss={loss} onRepair={onRepair} />
    </span>
  );
}
