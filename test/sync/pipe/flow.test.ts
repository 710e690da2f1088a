import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startFlow } from "../../../sync/pipe/flow.js";
import { type Stage, setStage } from "../../stage.js";
import { until } from "../project.js";

const isGone = (pid: number) => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};

/** A program in place of Node that does as the connectors do, but is over before anybody looks at what it printed. */
const QUICK = `#!/bin/sh
case "$1" in
  *source*) echo '{"type":"RECORD","record":{"stream":"contacts","data":{},"emitted_at":1}}' ;;
  *) exit 3 ;;
esac
`;

test("what connectors have printed before they are listened to is not lost, nor that they have ended", async () => {
  const stage: Stage = await setStage();
  const node = stage.path("node");
  await writeFile(node, QUICK, { mode: 0o755 });
  const never = new AbortController().signal;
  const flow = startFlow({
    node,
    from: { args: ["read"] },
    limit: undefined,
    into: ["write"],
    now: Date.now,
    signal: never,
    force: never,
    onStart: async (pids) => {
      await until(() => pids.every(isGone));
      // The processes are gone: their streams follow in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
    onTold: () => undefined,
  });
  const { source, destination } = await flow.ended;
  expect([source?.code, destination.code, flow.read]).toEqual([0, 3, 1]);
  await stage.close();
});
