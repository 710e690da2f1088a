import type { Answer } from "../http/exchange.js";
import type { Json } from "../json.js";
import { refused } from "./answers.js";
import type { Project, Update } from "./project.js";
import type { IterableSwitches } from "./switches.js";
import { upsert } from "./users.js";

/** Lists that are made of conditions take no subscribers; every project has some. */
const DYNAMIC_LIST = 9000;
/** Who is on it gets no messages. */
const SUPPRESSION_LIST = 9001;
const FIRST_NEW_LIST = 100_001;

/** The project's lists. A caller that subscribes somebody who was written but cannot be found yet is noted in `tooEarly`. */
export function createLists(
  ids: readonly number[],
  project: Project,
  switches: IterableSwitches,
  now: () => number,
) {
  const members = new Map(ids.map((id) => [id, new Set<string>()]));
  const names = new Map<number, string>();
  const tooEarly: string[] = [];

  const isFound = (user: Update): boolean => {
    const key = project.keyOf(user) ?? "";
    if (switches.dependentsSee === "written") return project.users.has(key);
    const isVisible = project.visible(key, now()) !== undefined;
    if (!isVisible && project.users.has(key)) tooEarly.push(key);
    return isVisible;
  };

  return {
    members,
    tooEarly,
    /** The lists that somebody is on. */
    of: (key: string): number[] => [...members].flatMap(([id, on]) => (on.has(key) ? [id] : [])),
    describe(): Answer {
      const list = (id: number, listType: string) => ({
        id,
        name: names.get(id) ?? `List ${id}`,
        createdAt: 1_700_000_000_000,
        listType,
      });
      const lists = [
        ...[...members.keys()].map((id) => list(id, "Standard")),
        list(DYNAMIC_LIST, "Dynamic"),
        list(SUPPRESSION_LIST, "Suppression"),
      ];
      return { status: 200, body: { lists } };
    },
    create({ name }: Json): Answer {
      const listId = FIRST_NEW_LIST + names.size;
      members.set(listId, new Set());
      names.set(listId, String(name));
      return { status: 200, body: { listId } };
    },
    /** The profiles are written first, then those that could be are subscribed. */
    subscribe(body: Json): Answer {
      const { listId, subscribers, updateExistingUsersOnly } = body as {
        listId: number;
        subscribers: Update[];
        updateExistingUsersOnly?: boolean;
      };
      const list = members.get(listId);
      // The code really says Success (recorded).
      if (!list)
        return refused(400, "Success", `error.lists.invalidListId(${listId})`, { projectId: 1, listId });
      const onlyFound = updateExistingUsersOnly || switches.unknownSubscribers === "not_found";
      const refuses = (user: Update) => (isFound(user) || !onlyFound ? undefined : "notFound");
      const { answer, written } = upsert(subscribers, switches.addsUnknownFields, project, switches, refuses);
      for (const user of written) list.add(project.keyOf(user) as string);
      return answer;
    },
  };
}
