import { Labelled, Notice, Select, When } from "../parts.js";
import { useShared } from "../state.js";
import type { Schedule } from "../wire.js";

const FREQUENCIES = [
  ["15m", "15 minutes"],
  ["30m", "30 minutes"],
  ["1h", "hour"],
  ["6h", "6 hours"],
  ["12h", "12 hours"],
  ["1d", "day"],
] as const;
const DAYS = [
  ["1-5", "Monday to Friday"],
  ["*", "every day"],
  ["1", "Monday"],
  ["2", "Tuesday"],
  ["3", "Wednesday"],
  ["4", "Thursday"],
  ["5", "Friday"],
  ["6", "Saturday"],
  ["0", "Sunday"],
] as const;
const DAILY = /^(\d{1,2}) (\d{1,2}) \* \* (\S+)$/;

const COMMAND = "flowcode-iterable service install";

/** Time zones that this browser knows, this machine's own first. */
const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([OWN_ZONE, "UTC", ...Intl.supportedValuesOf("timeZone")])];

export function ScheduleScreen() {
  const { draft, set, project, changes } = useShared();
  const schedule = draft.schedule;
  const kind = schedule === undefined ? "hand" : "every" in schedule ? "every" : "at";
  const choose = (next: Schedule | undefined) => set(["schedule"], next);
  const { scheduler } = project;
  return (
    <>
      <section class="card" aria-labelledby="frequency">
        <h2 id="frequency">How often to sync</h2>
        <fieldset>
          <legend class="unseen">Frequency</legend>
          <label class="choice">
            <input
              type="radio"
              name="kind"
              checked={kind === "every"}
              onChange={() => choose({ every: "30m" })}
            />{" "}
            Every
          </label>
          {schedule && "every" in schedule && (
            <Labelled id="every" label="Interval">
              <Select
                id="every"
                value={schedule.every}
                choices={[
                  ...FREQUENCIES,
                  ...(FREQUENCIES.some(([value]) => value === schedule.every)
                    ? []
                    : [[schedule.every, schedule.every] as const]),
                ]}
                onChange={(every) => choose({ every })}
              />
            </Labelled>
          )}
          <label class="choice">
            <input
              type="radio"
              name="kind"
              checked={kind === "at"}
              onChange={() => choose({ cron: "0 6 * * 1-5", time_zone: OWN_ZONE })}
            />{" "}
            At a time of day
          </label>
          {schedule && "cron" in schedule && <TimeOfDay schedule={schedule} onChange={choose} />}
          <label class="choice">
            <input type="radio" name="kind" checked={kind === "hand"} onChange={() => choose(undefined)} />{" "}
            Only by hand
          </label>
        </fieldset>
      </section>
      <section class="card" aria-labelledby="who">
        <h2 id="who">Who syncs</h2>
        <Notice tone={scheduler.by === "nobody" && schedule !== undefined ? "warning" : "quiet"}>
          {scheduler.text}
        </Notice>
        {changes > 0 && <p class="quiet">Not saved yet: what follows is by the saved schedule.</p>}
        {scheduler.by !== "other" && schedule !== undefined && (
          <>
            <h3>Keep it running</h3>
            <p>
              This console syncs for as long as it runs. To keep syncing after that, also when the machine
              restarts, install a service by this command:
            </p>
            <p class="inline-command">
              <code>{COMMAND}</code>{" "}
              <button type="button" onClick={() => void navigator.clipboard.writeText(COMMAND)}>
                Copy
              </button>
            </p>
            <p class="hint">
              <code>flowcode-iterable service print</code> shows what would be installed, without installing
              it.
            </p>
          </>
        )}
        {scheduler.following.length > 0 && (
          <>
            <h3>Next times</h3>
            <ol>
              {scheduler.following.map((at) => (
                <li key={at}>
                  <When at={at} />
                </li>
              ))}
            </ol>
          </>
        )}
      </section>
    </>
  );
}

function TimeOfDay({
  schedule,
  onChange,
}: {
  readonly schedule: { readonly cron: string; readonly time_zone?: string };
  readonly onChange: (next: Schedule) => void;
}) {
  const [, minute = "0", hour = "6", days = ""] = DAILY.exec(schedule.cron) ?? [];
  const isDaily = DAYS.some(([value]) => value === days);
  const zone = schedule.time_zone ?? "UTC";
  const change = (next: { time?: string; days?: string; time_zone?: string }) => {
    const [hours = hour, minutes = minute] = next.time?.split(":") ?? [];
    onChange({
      cron: `${Number(minutes)} ${Number(hours)} * * ${next.days ?? days}`,
      time_zone: next.time_zone ?? zone,
    });
  };
  return (
    <div class="inline">
      {isDaily ? (
        <>
          <Labelled id="time" label="Time">
            <input
              id="time"
              type="time"
              value={`${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`}
              onChange={(event) =>
                event.currentTarget.value !== "" && change({ time: event.currentTarget.value })
              }
            />
          </Labelled>
          <Labelled id="days" label="Days">
            <Select id="days" value={days} choices={DAYS} onChange={(next) => change({ days: next })} />
          </Labelled>
        </>
      ) : (
        <Labelled id="cron" label="Cron expression">
          <input
            id="cron"
            type="text"
            value={schedule.cron}
            onChange={(event) => onChange({ ...schedule, cron: event.currentTarget.value })}
          />
        </Labelled>
      )}
      <Labelled id="zone" label="Time zone">
        <select
          id="zone"
          value={zone}
          onChange={(event) => onChange({ ...schedule, time_zone: event.currentTarget.value })}
        >
          {[...new Set([zone, ...ZONES])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Labelled>
    </div>
  );
}
