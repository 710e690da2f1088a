import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { post } from "../api.js";
import { SecretText } from "../connections/secret-text.js";
import { valueAt } from "../draft/draft.js";
import { Labelled, Problem, troubleOf, When } from "../parts.js";
import { useShared } from "../state.js";
import type { Check, Trouble } from "../wire.js";

interface Item {
  readonly path: readonly string[];
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly isSecret?: boolean;
}

const SOURCE: readonly Item[] = [
  { path: ["source", "org_id"], label: "Organization ID", hint: "Your Flowcode contact can tell you." },
  {
    path: ["source", "workspace_id"],
    label: "Workspace ID",
    hint: "The workspace whose Conversion Flows collect the contacts.",
  },
];
const CREDENTIALS: Readonly<Record<string, readonly Item[]>> = {
  api_client: [
    { path: ["source", "credentials", "client_id"], label: "Client ID" },
    {
      path: ["source", "credentials", "client_secret"],
      label: "Client secret",
      isSecret: true,
      hint: "Flowcode shows it once, when the API client is created.",
    },
  ],
  api_key: [{ path: ["source", "credentials", "api_key"], label: "API key", isSecret: true }],
};
const KEY: Item = {
  path: ["destination", "api_key"],
  label: "API key",
  isSecret: true,
  hint: (
    <>
      A Server-side key, not Read-only. In Iterable: <em>Integrations → API keys → New API key</em>.
    </>
  ),
};

export function Connections() {
  const { draft, set } = useShared();
  const auth = String(valueAt(draft, ["source", "credentials", "auth_type"]) ?? "api_client");
  const center = String(valueAt(draft, ["destination", "data_center"]) ?? "us");
  return (
    <div class="columns">
      <Side title="Flowcode" side="source">
        {SOURCE.map((item) => (
          <Text key={item.label} item={item} />
        ))}
        <Labelled id="auth" label="Authentication">
          <select
            id="auth"
            value={auth}
            onChange={(event) => set(["source", "credentials"], { auth_type: event.currentTarget.value })}
          >
            <option value="api_client">API client (ID and secret)</option>
            <option value="api_key">API key</option>
          </select>
        </Labelled>
        {(CREDENTIALS[auth] ?? []).map((item) => (
          <Text key={item.label} item={item} />
        ))}
      </Side>
      <Side title="Iterable" side="destination">
        <Text item={KEY} />
        <fieldset>
          <legend>You log in at</legend>
          {[
            ["us", "app.iterable.com"],
            ["eu", "app.eu.iterable.com"],
          ].map(([value, host]) => (
            <label class="choice" key={value}>
              <input
                type="radio"
                name="center"
                value={value}
                checked={center === value}
                onChange={() => set(["destination", "data_center"], value)}
              />{" "}
              {host}
            </label>
          ))}
        </fieldset>
        <Labelled
          id="identifier"
          label="Contacts are told apart by"
          hint="Email, unless your Iterable project is user-ID-based."
        >
          <select
            id="identifier"
            value={String(valueAt(draft, ["destination", "identifier"]) ?? "email")}
            onChange={(event) => set(["destination", "identifier"], event.currentTarget.value)}
          >
            <option value="email">Email</option>
            <option value="user_id">User ID</option>
          </select>
        </Labelled>
      </Side>
    </div>
  );
}

/** One of the two connections, with what a check of it says. One that is saved is checked when the screen opens. */
function Side({
  title,
  side,
  children,
}: {
  readonly title: string;
  readonly side: "source" | "destination";
  readonly children: ComponentChildren;
}) {
  const { draft, project } = useShared();
  const [checked, setChecked] = useState<Check & { readonly of: string }>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [isBusy, setBusy] = useState(false);
  const of = JSON.stringify(draft[side]);
  const check = async (remembered: boolean) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const found = await post<Check>(`check/${side}`, { settings: draft, remembered });
      setChecked({ ...found, of });
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    if (project.exists && of === JSON.stringify(project.settings[side])) void check(true);
  }, []);
  return (
    <section aria-labelledby={side} class="card">
      <h2 id={side}>{title}</h2>
      {children}
      <div class="actions">
        <button type="button" onClick={() => void check(false)} disabled={isBusy}>
          {isBusy ? "Checking…" : `Check ${title}`}
        </button>
      </div>
      <div role="status" aria-live="polite">
        {checked && (checked.of === of ? <Checked found={checked} /> : <p>Changed since the last check.</p>)}
      </div>
      {trouble && <Problem trouble={trouble} />}
    </section>
  );
}

function Checked({ found: { works, text, facts, at } }: { readonly found: Check }) {
  return (
    <>
      <p class={works ? "outcome good" : "outcome bad"}>
        <span aria-hidden="true">{works ? "✓" : "✗"}</span> {works ? "Connected" : "Not connected"}
      </p>
      <p>{text}</p>
      {facts.length > 0 && (
        <dl class="facts">
          {facts.map((fact) => (
            <div key={fact.name}>
              <dt>{fact.name}</dt>
              <dd>{fact.at === undefined ? fact.text : <When at={fact.at} />}</dd>
            </div>
          ))}
          <div>
            <dt>Checked</dt>
            <dd>
              <When at={at} />
            </dd>
          </div>
        </dl>
      )}
    </>
  );
}

/** A setting that is typed. What stands in the environment is shown and cannot be changed here. */
function Text({ item: { path, label, hint, isSecret = false } }: { readonly item: Item }) {
  const { draft, set, project } = useShared();
  const id = path.join("-");
  const value = valueAt(draft, path);
  const isFixed = project.environment.includes(`/${path.join("/")}`);
  if (isSecret)
    return (
      <SecretText
        id={id}
        label={label}
        hint={hint}
        value={value}
        isFixed={isFixed}
        onChange={(text) => set(path, text)}
      />
    );
  return (
    <Labelled id={id} label={label} hint={isFixed ? "Set in the environment." : hint}>
      <input
        id={id}
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        value={typeof value === "string" ? value : ""}
        disabled={isFixed}
        onInput={(event) => set(path, event.currentTarget.value.trimStart() || undefined)}
        onChange={(event) => set(path, event.currentTarget.value.trim() || undefined)}
      />
    </Labelled>
  );
}
