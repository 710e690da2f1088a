import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Server {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}
interface Found {
  readonly key: string;
  readonly text: string;
}

/** The only access key that the server knows. */
export const ACCESS = { access_key_id: "S3RVER", secret_access_key: "S3RVER" };

/** A server that speaks S3 and knows its keys, though not what they sign (s3rver), with one bucket. */
export async function startS3(bucket: string) {
  // It has no types.
  const S3rver = createRequire(import.meta.url)("s3rver") as new (options: object) => Server;
  const directory = await mkdtemp(join(tmpdir(), "s3-"));
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const store = (server as unknown as { store: Store }).store;
  return {
    url: `http://127.0.0.1:${port}`,
    async objects(): Promise<Found[]> {
      const { objects } = await store.listObjects(bucket, { maxKeys: 100 });
      return Promise.all(
        objects.map(async ({ key }) => {
          const { content } = await store.getObject(bucket, key);
          const chunks: Buffer[] = [];
          for await (const chunk of content) chunks.push(chunk);
          return { key, text: Buffer.concat(chunks).toString("utf8") };
        }),
      );
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Store {
  listObjects(bucket: string, options: object): Promise<{ readonly objects: { readonly key: string }[] }>;
  getObject(bucket: string, key: string): Promise<{ readonly content: AsyncIterable<Buffer> }>;
}
