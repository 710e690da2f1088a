import { contacts } from "./contacts-stream.js";
import { flows } from "./flows.js";
import type { SourceStream } from "./stream.js";

/** Every stream, in the order in which they are discovered. */
export const STREAMS: readonly SourceStream[] = [contacts, flows];
