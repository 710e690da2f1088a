import { statusCommand } from "../../commands/status.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { orDeclined } from "../answer.js";
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
        await orDeclined(statusCommand.perform({ project: folder.path, json: true }, listening.host), {
          title: "How the project stands cannot be told.",
        });
        return { json: listening.values()[0] };
      },
    },
  ];
}
