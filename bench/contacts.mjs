// The contacts that every program of a comparison is fed with: made from their number alone, so that every run and
// every dialect has the same ones.

/** The types of the fields as the stand-in of Iterable has them; two of them ask for coercion. */
export const FIELD_TYPES = {
  firstName: "string",
  lastName: "string",
  phoneNumber: "string",
  "Shirt Size": "string",
  interests: "string",
  score: "long",
  newsletter: "boolean",
  firstConvertedAt: "date",
  lastConvertedAt: "date",
  ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`custom_${index}`, "string"])),
};

const NAMES = {
  plain: ["Person Number"],
  scripts: ["王小明", "محمد علي", "Ольга Иванова", "さくら", "Ελένη", "🙂 Emoji", "नीरज कुमार", "José Núñez"],
};

/**
 * One contact. `shape`: plain (about 350 bytes as a message), wide (60 custom fields), scripts (no two in one script),
 * invalid (every fifth has no usable email), huge (every thousandth is of 1 MB).
 */
export function contact(n, shape = "plain") {
  const email = shape === "invalid" && n % 5 === 0 ? `person${n}` : `person${n}@example.com`;
  const names = NAMES[shape] ?? NAMES.plain;
  const day = String(1 + (n % 28)).padStart(2, "0");
  return {
    email,
    name: `${names[n % names.length]} ${n}`,
    phone: `+1415${String(n % 10_000_000).padStart(7, "0")}`,
    "Shirt Size": "XL",
    interests: ["coffee", "running"],
    score: String(n % 100),
    newsletter: n % 2 === 0 ? "yes" : "no",
    ...(shape === "wide" && wide(n)),
    ...(shape === "huge" && n % 1000 === 999 && { notes: "x".repeat(1_000_000) }),
    firstConvertedAt: "2026-01-01T00:00:00Z",
    lastConvertedAt: `2026-02-${day}T00:00:00.${String(n % 1_000_000).padStart(6, "0")}Z`,
    contact_key: email,
  };
}

function wide(n) {
  const fields = {};
  for (let index = 0; index < 60; index += 1) fields[`custom_${index}`] = `answer ${index} of ${n}`;
  return fields;
}

const text = { type: ["null", "string"] };

/** The schema that `discover` would print for such contacts. */
export function schema(shape) {
  const properties = {};
  for (const [name, value] of Object.entries(contact(0, shape))) {
    properties[name] = Array.isArray(value) ? { type: ["null", "array"], items: text } : text;
  }
  return { type: "object", properties, additionalProperties: true };
}

/** A catalog for it, with what the peers want of one beside what the protocol asks for. */
export const catalog = (shape) => ({
  streams: [
    {
      stream: {
        name: "contacts",
        json_schema: schema(shape),
        supported_sync_modes: ["full_refresh", "incremental"],
        source_defined_primary_key: [["contact_key"]],
      },
      sync_mode: "incremental",
      destination_sync_mode: "append_dedup",
      cursor_field: ["lastConvertedAt"],
      primary_key: [["contact_key"]],
    },
  ],
});
