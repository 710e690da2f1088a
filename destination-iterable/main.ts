#!/usr/bin/env node
import { run } from "../connector/run.js";

await run("destination-iterable", async () => (await import("./destination.js")).destination);
