// Reads standard input at some 2 MB a second.
import { setTimeout as sleep } from "node:timers/promises";

for await (const chunk of process.stdin) await sleep(chunk.length / 2000);
