import { z } from "zod";

/** How a run can have ended, for whoever is told. */
export const OUTCOMES = ["succeeded", "with_losses", "failed", "stopped"] as const;

const url = z.url({ protocol: /^https?$/ });

/** Whom to tell how runs end. The addresses are secrets: they may come from the environment instead. */
export const notify = z.strictObject({
  webhook: z
    .strictObject({
      url: url
        .optional()
        .describe(
          "Address that each message is posted to; else FLOWCODE_ITERABLE_WEBHOOK_URL in the environment",
        ),
      form: z
        .enum(["json", "slack"])
        .default("json")
        .describe("json: every count as data. slack: a sentence, as Slack's incoming webhooks take it"),
      on: z.array(z.enum(OUTCOMES)).default(["failed", "with_losses"]).describe("Outcomes that are told"),
    })
    .optional()
    .describe("Webhook that is told how runs end"),
  healthcheck: z
    .strictObject({
      url: url
        .optional()
        .describe("Address to ping; else FLOWCODE_ITERABLE_HEALTHCHECK_URL in the environment"),
    })
    .optional()
    .describe(
      "Healthcheck that is pinged: URL/start when a run begins, URL when it succeeds, URL/fail when it fails",
    ),
});
export type Notify = z.infer<typeof notify>;
