import { useId, useState } from "preact/hooks";
import { Select } from "../parts.js";
import type { Entry, LeftOut } from "../wire.js";

interface Props {
  readonly loss: LeftOut;
  readonly onRepair: (repair: Entry) => void;
}

/** The way to mend values that are left out, by one click where it is known, and by a choice where it is not. */
export function Repair({ loss, onRepair }: Props) {
  switch (loss.reason) {
    case "not_a_date":
      return <Chosen loss={loss} onRepair={onRepair} of={DATES} />;
    case "not_e164":
    case "not_a_phone":
      return <Chosen loss={loss} onRepair={onRepair} of={PHONES} />;
    default:
      return loss.repair ? (
        <button type="button" onClick={() => loss.repair && onRepair(loss.repair)}>
          {loss.repair.transform ? "Read the number out of the text" : "Mend it"}
        </button>
      ) : (
        <Remedy text={loss.repair_text} />
      );
  }
}

function Remedy({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <span class="hint"> To mend it: {text}.</span>;
}

/** A parameter of a transform, with the values that people choose among. */
interface Parameter {
  readonly transform: string;
  readonly option: string;
  readonly label: string;
  readonly button: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
}

const DATES: Parameter = {
  transform: "date",
  option: "date_format",
  label: "Dates are written as",
  button: "Read them so",
  choices: [
    ["D.M.YYYY", "day.month.year"],
    ["D/M/YYYY", "day/month/year"],
    ["M/D/YYYY", "month/day/year"],
    ["D-M-YYYY", "day-month-year"],
    ["YYYY-M-D", "year-month-day"],
    ["YYYY/M/D", "year/month/day"],
    ["YYYYMMDD", "yearmonthday"],
    ["D.M.YY", "day.month.two-digit year"],
    ["M/D/YY", "month/day/two-digit year"],
  ],
};

const REGIONS =
  "US GB DE FR ES IT NL BE AT CH DK SE NO FI IE PT PL CZ GR TR RO HU CA MX BR AR CL CO AU NZ IN JP CN KR SG HK PH ID MY TH VN ZA NG EG IL AE SA".split(
    " ",
  );
const names = new Intl.DisplayNames(["en"], { type: "region" });
const PHONES: Parameter = {
  transform: "phone",
  option: "phone_country",
  label: "Numbers without a country code are from",
  button: "Make them international",
  choices: REGIONS.map((code) => [code, names.of(code) ?? code] as const).sort(([, a], [, b]) =>
    a.localeCompare(b),
  ),
};

/** The country that this browser is set to, where it says one. */
const HERE = new Intl.Locale(navigator.language).maximize().region ?? "US";

function Chosen({ loss, onRepair, of }: Props & { readonly of: Parameter }) {
  const id = useId();
  const known = loss.repair?.[of.option];
  const usual = of === PHONES && of.choices.some(([code]) => code === HERE) ? HERE : of.choices[0]?.[0];
  const [value, setValue] = useState(typeof known === "string" ? known : (usual ?? ""));
  const choices = of.choices.some(([one]) => one === value)
    ? of.choices
    : [[value, value] as const, ...of.choices];
  return (
    <span class="repair">
      <label for={id}>{of.label}</label>{" "}
      <Select id={id} value={value} choices={choices} onChange={setValue} />{" "}
      <button
        type="button"
        onClick={() => onRepair({ ...loss.repair, transform: [of.transform], [of.option]: value } as Entry)}
      >
        {of.button}
      </button>
    </span>
  );
}
