/** What may happen to contacts that Iterable has already. */
export const MODES = [
  {
    name: "Overwrite",
    value: "overwrite",
    description: "mapped fields replace what Iterable has, other fields stay",
  },
  {
    name: "Keep existing",
    value: "keep_existing",
    description: "whoever exists is left alone entirely, only new contacts are written",
  },
  {
    name: "Fill missing",
    value: "fill_missing",
    description: "only fields that the contact lacks are written",
  },
] as const;
export type Mode = (typeof MODES)[number]["value"];
