import { z } from "zod";

const text = (title: string, description: string) => z.string().meta({ title, description });

/** Limits something to the records that meet it. */
const when = z.object({
  field: z.string().min(1).meta({ title: "Field", description: "The field of the record that decides" }),
  equals: text("Equals", "Only where the field has this value").optional(),
  in: z
    .array(z.string())
    .optional()
    .meta({ title: "One of", description: "Only where the field has one of these values" }),
  empty: z.boolean().optional().meta({ title: "Empty", description: "Only where the field is empty" }),
  not_empty: z
    .boolean()
    .optional()
    .meta({ title: "Not empty", description: "Only where the field has a value" }),
});
export type Condition = z.infer<typeof when>;

/** Static lists that contacts are subscribed to. */
export const lists = z
  .array(
    z.object({
      id: z.number().int().positive().meta({ title: "List ID" }),
      when: when.optional().meta({ title: "Condition" }),
    }),
  )
  .default([])
  .meta({
    title: "Lists",
    description: "Static lists in Iterable that contacts are subscribed to, all or some",
  });

/** Custom events that conversions send. Their fields are mapped as those of profiles are. */
export const eventsWith = <Entry extends z.ZodType>(mappingEntry: Entry) =>
  z
    .array(
      z.object({
        name: z.string().min(1).meta({ title: "Event name" }),
        field_mapping: z
          .array(mappingEntry)
          .optional()
          .meta({ title: "Field mapping", description: "Which field goes into which field of the event" }),
        when: when.optional().meta({ title: "Condition" }),
      }),
    )
    .default([])
    .meta({
      title: "Events",
      description: "Custom events in Iterable that each conversion sends, so that it can start a journey",
    });
