#!/usr/bin/env node
import { run } from "../connector/run.js";

await run("source-flowcode", async () => (await import("./source.js")).source);
