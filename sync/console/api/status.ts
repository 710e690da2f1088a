import { statusCommand } from "../../commands/status.js";
import { messageOf, Unusable } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { Declined } from "../answer.js";
import { captured } from "../captured.js";
import type { Route } from "../route.js";

/** `GET status`: what `status --json` prints. */
export function statusRoutes(folder: Folder, host: Host): Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/status",
      async answer() {
        const listening = captured(host);
        try {
          await statusCommand.perform({ project: folder.path, json: true }, listening.host);
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          throw new Declined(422, {
            title: "How the project stands cannot be told.",
            todo: [messageOf(error)],
          });
        }
        return { json: listening.values()[0] };
      },
    },
  ];
}
