import type { ServerResponse } from "node:http";
import type { Answer } from "./exchange.js";
import type { FaultAction } from "./faults.js";

const PIECE = Buffer.alloc(65_536, " ");

/** Sends an answer, whole or in the odd way that a fault asks for. `interim`: so many 100 Continue come first. */
export function send(
  response: ServerResponse,
  { status, body, headers }: Answer,
  fault?: FaultAction,
  interim = 0,
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = Buffer.from(text);
  const before = interim + (fault?.kind === "interim" ? fault.count : 0);
  for (let number = 0; number < before; number += 1) response.writeContinue();
  const all = { "content-type": "application/json", ...headers };
  switch (fault?.kind) {
    case "truncated":
      response.writeHead(status, { "content-length": bytes.length, ...all });
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    case "drip":
      response.writeHead(status, all);
      drip(response, bytes, fault.ms);
      return;
    case "endless":
      response.writeHead(status, all);
      pour(response, Number.POSITIVE_INFINITY, () => undefined);
      return;
    case "padded":
      response.writeHead(status, all);
      pour(response, fault.bytes, () => response.end(bytes));
      return;
    default:
      response.writeHead(status, { "content-length": bytes.length, ...all });
      response.end(bytes);
  }
}

function drip(response: ServerResponse, bytes: Buffer, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) response.write(bytes.subarray(at, at + 1));
    else response.end();
    at += 1;
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

/** Writes blanks, which JSON passes over, as fast as they are taken. */
function pour(response: ServerResponse, bytes: number, then: () => void): void {
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      const piece = PIECE.subarray(0, Math.min(left, PIECE.length));
      left -= piece.length;
      if (!response.write(piece)) return void response.once("drain", more);
    }
    if (!response.destroyed) then();
  };
  more();
}
