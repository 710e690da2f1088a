import { useState } from "preact/hooks";
import { post } from "../api.js";
import { Loading, Problem, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Preview, Settings } from "../wire.js";
import { count } from "../words.js";

/** One real contact as it would be sent. */
export function PreviewOf({ settings }: { readonly settings: Settings }) {
  const { shown } = useShared();
  const [n, setN] = useState(0);
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      {isOpen ? (
        <One settings={settings} n={n} shown={shown} onNext={() => setN(n + 1)} />
      ) : (
        <button type="button" onClick={() => setOpen(true)}>
          Preview a contact
        </button>
      )}
    </section>
  );
}

interface Props {
  readonly settings: Settings;
  readonly n: number;
  readonly shown: boolean;
  readonly onNext: () => void;
}

function One({ settings, n, shown, onNext }: Props) {
  const question = JSON.stringify([settings.destination, n, shown]);
  const loaded = useLoaded(
    (signal) => post<Preview>("preview", { settings, n, show: shown }, { signal }),
    [question],
  );
  if (loaded.state === "loading") return <Loading what="the contact" />;
  if (loaded.state === "failed") return <Problem trouble={loaded.trouble} />;
  const { payload, text, of } = loaded.value;
  return (
    <>
      <p>
        Contact {count((n % Math.max(of, 1)) + 1)} of {count(of)}, newest first: {text}
      </p>
      {payload !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <pre tabIndex={0}>{JSON.stringify(payload, null, 2)}</pre>
      )}
      <button type="button" onClick={onNext}>
        Next contact
      </button>
    </>
  );
}
