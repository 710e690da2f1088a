import { z } from "zod";

export const existingContacts = z.object({
  method: z.enum(["auto", "look_up", "export"]).default("auto").meta({
    title: "Method",
    description:
      "look_up: ask for each contact; export: export all profiles once, then what has changed; auto: export beside the look-ups where a run has more than 5,000 of them",
  }),
  path: z.string().min(1).optional().meta({
    title: "Folder",
    description: "Where what an export has shown is kept for the next run, as hashes alone",
  }),
  max_age_minutes: z.number().min(1).max(1440).default(15).meta({
    title: "Maximum age (minutes)",
    description: "How old what an export has shown may be when a contact is taken for new",
  }),
});

export const previousValues = z.object({
  storage: z.enum(["none", "file"]).default("none").meta({
    title: "Storage",
    description:
      "file: before a profile is changed, keep what its fields hold in a file, with that data, to be put back; each contact is looked up for it",
  }),
  path: z.string().min(1).default("previous").meta({ title: "Folder" }),
});
