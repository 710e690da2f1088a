#!/usr/bin/env node
import { run } from "../connector/run.js";
import { destination } from "./destination.js";

await run(destination);
