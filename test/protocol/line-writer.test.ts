import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineWriter } from "../../protocol/lines.js";

/** A reader that takes a chunk only when told to. */
function slowReader(highWaterMark = 1024) {
  const chunks: string[] = [];
  const untaken: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark,
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      untaken.push(done);
    },
  });
  return { stream, chunks, take: () => untaken.shift()?.() };
}

function quickReader() {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      setImmediate(done);
    },
  });
  return { stream, chunks };
}

function brokenReader(code: string) {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(`write ${code}`), { code }));
    },
  });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("writing lines", () => {
  test("keeps the order of any lines and flushes, and loses none", async () => {
    const step = fc.oneof(fc.string({ maxLength: 40_000 }), fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { stream, chunks } = quickReader();
        const writer = createLineWriter(stream);
        for (const line of steps) void (line === undefined ? writer.flush() : writer.write(line));
        await writer.flush();
        const lines = steps.filter((line) => line !== undefined);
        expect(chunks.join("")).toBe(lines.map((line) => `${line}\n`).join(""));
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  test("gathers small lines to about 64 KB, since every write is a system call", async () => {
    const { stream, chunks } = quickReader();
    const writer = createLineWriter(stream);
    for (let index = 0; index < 10_000; index += 1) await writer.write("x".repeat(99));
    await writer.flush();
    expect(chunks).toHaveLength(16);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(64 * 1024);
  });

  test("writes nothing before a flush while there is little to write", async () => {
    const { stream, chunks } = quickReader();
    const writer = createLineWriter(stream);
    expect(writer.write("one")).toBeUndefined();
    expect(chunks).toEqual([]);
    await writer.flush();
    expect(chunks).toEqual(["one\n"]);
  });

  test("makes its caller wait until a slow reader has taken what is there", async () => {
    const { stream, chunks, take } = slowReader();
    const writer = createLineWriter(stream);
    let room = false;
    const waiting = Promise.resolve(writer.write("x".repeat(70_000))).then(() => {
      room = true;
    });
    for (let index = 0; index < 5; index += 1) await turn();
    expect(chunks).toHaveLength(1);
    expect(room).toBe(false);
    take();
    await waiting;
    expect(room).toBe(true);
  });

  test("hands a slow reader one write at a time, so that the rest stays where it is counted", async () => {
    const { stream, chunks, take } = slowReader();
    const writer = createLineWriter(stream);
    for (let index = 0; index < 4; index += 1) void writer.write(`${index}`.repeat(70_000));
    for (let index = 1; index <= 4; index += 1) {
      await turn();
      expect(chunks).toHaveLength(index);
      expect(stream.writableLength).toBeLessThan(71_000);
      take();
    }
  });

  test("resolves a flush only when everything before it has left", async () => {
    const { stream, take } = slowReader();
    const writer = createLineWriter(stream);
    void writer.write("x".repeat(70_000));
    void writer.write("last");
    let flushed = false;
    const flushing = writer.flush().then(() => {
      flushed = true;
    });
    await turn();
    take();
    await turn();
    expect(flushed).toBe(false);
    take();
    await flushing;
  });
});

describe("a reader that fails", () => {
  test("ends the writing quietly when it has gone away, as head does", async () => {
    const writer = createLineWriter(brokenReader("EPIPE"));
    void writer.write("one");
    await writer.flush();
    await turn();
    expect(writer.closed).toBe(true);
    expect(writer.write("x".repeat(100_000))).toBeUndefined();
    await writer.flush();
  });

  test("tells the one who waits when a write fails for another reason, such as a full disk", async () => {
    const writer = createLineWriter(brokenReader("ENOSPC"));
    void writer.write("one");
    await expect(writer.flush()).rejects.toThrow("ENOSPC");
    expect(writer.closed).toBe(true);
  });

  test("goes on telling so, so that no later line is believed to be written", async () => {
    const writer = createLineWriter(brokenReader("ENOSPC"));
    void writer.write("one");
    await writer.flush().catch(() => undefined);
    await turn();
    void writer.write("two");
    await expect(writer.flush()).rejects.toThrow("ENOSPC");
  });

  test("drops what is queued when the stream is closed under it", async () => {
    const { stream, chunks } = quickReader();
    const writer = createLineWriter(stream);
    stream.destroy();
    await turn();
    void writer.write("one");
    await writer.flush();
    expect(chunks).toEqual([]);
    expect(writer.closed).toBe(true);
  });

  test("asks for patience while more than a megabyte waits for the reader, and no longer", async () => {
    const { stream, take } = slowReader();
    const writer = createLineWriter(stream);
    const megabyte = "x".repeat(1024 * 1024);
    void writer.write(megabyte);
    const room = writer.room();
    expect(room).toBeInstanceOf(Promise);
    await turn();
    take();
    await room;
    expect(writer.room()).toBeUndefined();
  });
});
