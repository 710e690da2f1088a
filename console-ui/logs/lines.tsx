import { useEffect, useState } from "preact/hooks";
import { get } from "../api.js";
import { Problem, troubleOf } from "../parts.js";
import type { Trouble } from "../wire.js";
import { localWithZone } from "../words.js";

interface Line {
  readonly at: string;
  readonly level: string;
  readonly text: string;
}

/** The log of a run, a page at a time. */
export function Lines({ run }: { readonly run: number }) {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [after, setAfter] = useState<number | undefined>(0);
  const [trouble, setTrouble] = useState<Trouble>();
  const more = async () => {
    try {
      const page = await get<{ lines: Line[]; next?: number }>(`runs/${run}/log?after=${after ?? 0}`);
      setLines((before) => [...before, ...page.lines]);
      setAfter(page.next);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  useEffect(() => void more(), [run]);
  return (
    <>
      {trouble && <Problem trouble={trouble} />}
      <ol class="log" aria-label={`Log of run ${run}`}>
        {lines.map(({ at, level, text }, index) => (
          <li key={`${index} ${at}`} class={level}>
            <time dateTime={at}>{localWithZone(at)}</time> {level !== "info" && <strong>{level}</strong>}{" "}
            {text}
          </li>
        ))}
      </ol>
      {after !== undefined && (
        <button type="button" onClick={() => void more()}>
          Show more
        </button>
      )}
    </>
  );
}
