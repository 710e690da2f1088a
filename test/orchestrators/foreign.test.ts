import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { ended, folderOf } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { executable } from "./environments.js";

let stage: Stage;
afterEach(() => stage.close());

const run = (program: string, args: readonly string[]) =>
  spawn(program, args, { env: { PATH: process.env.PATH }, stdio: "pipe" });

test("somebody else's target takes what our tap prints, and gives back its last state", async () => {
  stage = await setStage(generatePeople(200, { seed: 4, endMs: Date.now() - 3_600_000 }));
  const files = await folderOf({});
  await files.write("target.json", { destination_path: files.path(""), do_timestamp_file: false });
  const tap = await stage.startSource("read", { dialect: "singer" });
  const target = run(executable("target-jsonl", "target-jsonl"), ["--config", files.path("target.json")]);
  tap.stdin.end();
  tap.stdout.pipe(target.stdin);
  const [read, written] = await Promise.all([ended(tap), ended(target)]);
  expect([read.code, written.code]).toEqual([0, 0]);

  const rows = (await readFile(files.path("contacts.jsonl"), "utf8")).trimEnd().split("\n");
  const printed = read.messages.filter(({ type }) => type === "RECORD").map(({ record }) => record);
  expect(rows.map((row) => JSON.parse(row))).toEqual(printed);
  expect(printed.length).toBeGreaterThan(100);
  const state = read.messages.findLast(({ type }) => type === "STATE");
  expect(JSON.parse(String(written.lines.at(-1)))).toEqual(state?.value);
  await files.remove();
});

test("somebody else's tap brings contacts into our target, with its state", async () => {
  stage = await setStage();
  const people = [
    { id: 1, email: "ann@example.com", name: "Ann Lee", updated_at: "2026-01-01T00:00:00Z" },
    { id: 2, email: "bo@example.com", name: "Bo", updated_at: "2026-01-02T00:00:00Z" },
  ];
  const api = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ people }));
  });
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  const files = await folderOf({
    "tap.json": {
      api_url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      streams: [
        {
          name: "people",
          path: "/people",
          records_path: "$.people[*]",
          primary_keys: ["id"],
          replication_key: "updated_at",
          start_date: "2025-01-01T00:00:00Z",
          source_search_field: "updated_at",
          source_search_query: "$last_run_date",
        },
      ],
    },
  });
  const tap = run(executable("tap-rest-api-msdk", "tap-rest-api-msdk"), ["--config", files.path("tap.json")]);
  const target = await stage.startDestination("write", { dialect: "singer" });
  tap.stdin.end();
  tap.stdout.pipe(target.stdin);
  tap.stderr.resume();
  const { code, lines } = await ended(target);
  expect({ code, arrived: [...stage.iterable.users.keys()] }).toEqual({
    code: 0,
    arrived: ["ann@example.com", "bo@example.com"],
  });
  expect(stage.iterable.users.get("ann@example.com")?.dataFields).toMatchObject({ firstName: "Ann" });
  expect(JSON.parse(String(lines.at(-1))).bookmarks.people.replication_key_value).toBe(
    "2026-01-02T00:00:00Z",
  );
  api.close();
  await files.remove();
});

test("the Meltano SDK reads the catalog that our tap discovers, and finds what is selected and automatic", async () => {
  stage = await setStage(generatePeople(50, { seed: 4, endMs: Date.now() - 3_600_000 }));
  const { stdout } = await stage.source("discover", { dialect: "singer" });
  const script = `
import json, sys
from singer_sdk.singerlib import Catalog
catalog = Catalog.from_dict(json.load(sys.stdin))
entry = catalog.get_stream("contacts")
mask = entry.metadata.resolve_selection()
print(json.dumps({
    "streams": {e.tap_stream_id: e.metadata.root.selected for e in catalog.streams},
    "keys": entry.key_properties,
    "replication_key": entry.replication_key,
    "key_is_in": mask[("properties", "contact_key")],
    "again": Catalog.from_dict(catalog.to_dict()).to_dict() == catalog.to_dict(),
}))`;
  const python = run(executable("singer-sdk", "python"), ["-c", script]);
  python.stdin.end(stdout);
  const { messages, stderr } = await ended(python);
  expect({ messages, stderr }).toEqual({
    messages: [
      {
        streams: { contacts: true, flows: false },
        keys: ["contact_key"],
        replication_key: "lastConvertedAt",
        key_is_in: true,
        again: true,
      },
    ],
    stderr: "",
  });
});
