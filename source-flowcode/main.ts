#!/usr/bin/env node
import { run } from "../connector/run.js";
import { source } from "./source.js";

await run(source);
