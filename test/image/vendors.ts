import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeConfiguration } from "../../simulators/configuration.js";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { type FlowcodeOptions, type FlowcodeSimulator, startFlowcode } from "../../simulators/flowcode.js";
import { type IterableSimulator, startIterable } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";

/** Both vendors on this machine, and a folder of configuration files that containers may read. */
export interface Vendors {
  readonly flowcode: FlowcodeSimulator;
  readonly iterable: IterableSimulator;
  readonly folder: string;
  text(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  /** What Iterable holds, and what it should hold, as plain values by email. */
  held(): unknown;
  promised(): unknown;
  /** Lets somebody scan a Flowcode now. */
  scan(email: string): void;
  close(): Promise<void>;
}

export async function startVendors(contacts: number, options: FlowcodeOptions = {}): Promise<Vendors> {
  const people = generatePeople(contacts, { seed: 9, endMs: Date.now() - 7_200_000 });
  const flowcode = await startFlowcode(people, { pageSize: 100, ...options });
  const iterable = await startIterable({ fields: CUSTOM_FIELDS });
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  const files = await writeConfiguration(folder, flowcode, iterable);
  await chmod(folder, 0o755);
  for (const file of Object.values(files)) await chmod(file, 0o644);
  return {
    flowcode,
    iterable,
    folder,
    text: (name) => readFile(join(folder, name), "utf8"),
    async write(name, text) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      await chmod(path, 0o644);
    },
    held: () =>
      plain(
        Object.fromEntries([...iterable.users].map(([email, { dataFields }]) => [email, plain(dataFields)])),
      ),
    promised: () => plain(Object.fromEntries(promised(flowcode.rows, new Set(), () => false).users)),
    scan(email) {
      const at = new Date().toISOString();
      flowcode.add([{ user: { email }, firstConvertedAt: at, lastConvertedAt: at }]);
    },
    async close() {
      await Promise.all([flowcode.close(), iterable.close(), rm(folder, { recursive: true })]);
    },
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
