import { z } from "zod";
import { advanced } from "./advanced-settings.js";
import { existingContacts, previousValues } from "./existing/settings.js";
import { eventsWith, lists } from "./follow-up-settings.js";
import { isTimeZone } from "./mapping/dates/time-zone.js";
import { TRANSFORM_NAMES } from "./mapping/transforms.js";
import { rejectedRecords } from "./rejects-settings.js";

/** What a mapping entry may declare its value to be. */
export const VALUE_TYPES = ["string", "long", "double", "boolean", "date", "object"] as const;

const text = (title: string, description: string) => z.string().meta({ title, description });
const flag = (title: string, description: string) => z.boolean().default(false).meta({ title, description });

/** One entry of the mapping: flat, so that any form can show it. */
const mappingEntry = z.object({
  source: text(
    "Source field",
    "A field of the record; a dot leads into nested values, \\. is a dot in a name",
  ).optional(),
  sources: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ title: "Source fields", description: "The first of these that is not empty is used" }),
  constant: text("Constant", "The same value for every contact; cast by the type").optional(),
  template: text("Template", 'Text with fields in braces: "{firstName} {lastName}"').optional(),
  target: z.string().min(1).meta({
    title: "Iterable field",
    description: "The field of the Iterable profile; a dot leads into an object",
  }),
  type: z
    .enum(VALUE_TYPES)
    .optional()
    .meta({ title: "Type", description: "What the value becomes before it is sent" }),
  default: text("Default", "Used where the contact has no value; cast by the type").optional(),
  required: flag("Required", "Reject a contact that has no value for this field"),
  clear_on_null: flag("Clear on null", "Remove the field in Iterable where the contact's value is null"),
  merge: z.enum(["last", "first", "append"]).optional().meta({
    title: "Merge",
    description:
      "last: the newest value replaces what the profile has; first: written only where it has none; append: added to its list",
  }),
  transform: z
    .array(z.enum(TRANSFORM_NAMES))
    .optional()
    .meta({ title: "Transforms", description: "Applied to the value, one after another" }),
  phone_country: text(
    "Phone country",
    "Two-letter country of numbers without a country code, for the transform phone",
  ).optional(),
  date_format: text(
    "Date format",
    "How the source writes dates, for the transform date: such as DD/MM/YYYY",
  ).optional(),
  separator: text("Separator", "Where the transform split cuts, such as a comma").optional(),
});
export type MappingEntry = z.infer<typeof mappingEntry>;

const skipIf = z.object({
  field: z.string().min(1).meta({ title: "Field", description: "The field of the record that decides" }),
  equals: text("Equals", "Leave the contact out where the field has this value").optional(),
  in: z
    .array(z.string())
    .optional()
    .meta({ title: "One of", description: "Leave the contact out where the field has one of these values" }),
  empty: z
    .boolean()
    .optional()
    .meta({ title: "Empty", description: "Leave the contact out where the field is empty" }),
  not_empty: z
    .boolean()
    .optional()
    .meta({ title: "Not empty", description: "Leave the contact out where the field has a value" }),
});
export type SkipCondition = z.infer<typeof skipIf>;

const consent = z.object({
  field: z
    .string()
    .min(1)
    .meta({ title: "Field", description: "The field of the record that holds the answer" }),
  agrees: z.array(z.string()).min(1).meta({
    title: "Accepted answers",
    description:
      "Only contacts with one of these answers are sent. Case and surrounding spaces are ignored; checkboxes answer true or false",
  }),
});
export type Consent = z.infer<typeof consent>;

const overwriteMode = z.enum(["overwrite", "keep_existing", "fill_missing"]);
export type OverwriteMode = z.infer<typeof overwriteMode>;
const unmappedFields = z.enum(["drop", "same_name"]);

/** The settings that a stream may have for itself: in `streams`, or beside the stream in the catalog. */
export const streamSettings = z.object({
  field_mapping: z.array(mappingEntry).optional().meta({ title: "Field mapping" }),
  overwrite_mode: overwriteMode.optional().meta({ title: "Existing contacts" }),
  unmapped_fields: unmappedFields.optional().meta({ title: "Fields without a mapping" }),
  skip_if: skipIf.optional().meta({ title: "Leave out" }),
  consent: consent.optional().meta({ title: "Consent" }),
});
export type StreamSettings = z.infer<typeof streamSettings>;

/** Every setting of the destination. */
export const config = z.object({
  api_key: z.string().min(1, "must not be empty").meta({
    title: "API key",
    description:
      "A Server-side key of the Iterable project: Integrations → API keys → New API key → Server-side",
    airbyte_secret: true,
    order: 0,
  }),
  data_center: z.enum(["us", "eu"]).default("us").meta({
    title: "Data center",
    description: "eu where you log in at app.eu.iterable.com, else us",
    order: 1,
  }),
  identifier: z.enum(["email", "user_id"]).default("email").meta({
    title: "Identifier",
    description: "What tells contacts apart in this Iterable project",
    order: 2,
  }),
  overwrite_mode: overwriteMode.default("overwrite").meta({
    title: "Existing contacts",
    description:
      "overwrite: mapped fields replace what Iterable has; keep_existing: contacts that exist are left alone; fill_missing: only fields that the contact lacks are written",
    order: 3,
  }),
  field_mapping: z.array(mappingEntry).optional().meta({
    title: "Field mapping",
    description:
      "Which field goes where. Without it: email, phone, name, and fields that Iterable has under the same name",
    order: 4,
  }),
  unmapped_fields: unmappedFields.default("drop").meta({
    title: "Fields without a mapping",
    description: "drop: they are not sent; same_name: they are sent under their own names",
    order: 5,
  }),
  streams: z
    .array(streamSettings.extend({ name: z.string().min(1).meta({ title: "Stream" }) }))
    .default([])
    .meta({ title: "Settings of single streams", order: 6 }),
  consent: consent.optional().meta({
    title: "Consent",
    description: "Write only contacts who have agreed. Nobody's subscriptions are ever changed",
    order: 7,
  }),
  create_new_fields: flag(
    "Create new fields",
    "Let Iterable create fields that it does not know. Names and types of fields can never be changed in Iterable",
  ),
  on_invalid_value: z.enum(["drop_field", "reject_contact"]).default("drop_field").meta({
    title: "Values that do not fit",
    description: "drop_field: leave out the value and send the contact; reject_contact: report the contact",
  }),
  deletions: z.enum(["keep", "reject"]).default("keep").meta({
    title: "Deleted contacts",
    description:
      "Records that say they were deleted change nobody. keep: they are counted; reject: each is reported",
  }),
  rejected_records: rejectedRecords.prefault({}).meta({ title: "Rejected contacts" }),
  previous_values: previousValues.prefault({}).meta({
    title: "Previous values",
    description: "Whether what a run changes can be put back",
  }),
  existing_contacts: existingContacts.prefault({}).meta({
    title: "Finding existing contacts",
    description: "How the modes that depend on it find out which contacts exist",
  }),
  max_rejected_percent: z.number().min(0).max(100).default(25).meta({
    title: "Rejection limit (%)",
    description: "The run stops above this share: the mapping is then more likely wrong than the contacts",
  }),
  list_id: z.number().int().positive().optional().meta({
    title: "List",
    description: "Id of a static list in Iterable that contacts are subscribed to",
  }),
  time_zone: z
    .string()
    .refine(isTimeZone, "must be the IANA name of a time zone, such as Europe/Berlin")
    .default("UTC")
    .meta({
      title: "Time zone",
      description: "Where times without an offset were written: an IANA name, such as Europe/Berlin",
    }),
  lists,
  events: eventsWith(mappingEntry),
  advanced: advanced.prefault({}).meta({ title: "Advanced" }),
});
export type Config = z.infer<typeof config>;
export type EventSettings = Config["events"][number];
