/** The words that the value of an option can be, for the shells. */
import { KEY_TYPES } from "../cert/make.ts";
import { SYSTEMS } from "../cert/trust.ts";
import { STARTTLS_NAMES } from "../connect/starttls/starttls.ts";
import { DETAILS } from "../trace/live-trace.ts";

/** By the name of the option, in any command that has it. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "--tls": ["1.2", "1.3"],
  "--starttls": STARTTLS_NAMES,
  "--trace": DETAILS,
  "--provider": ["noble", "node"],
  "--key-type": KEY_TYPES,
  "--purpose": ["server", "client"],
  "--system": SYSTEMS,
  "--at-least": ["A", "B", "C", "D"],
};

/** Tells whether the value of an option is the name of a file or a folder. */
export function isFile(name: string, value: string | undefined): boolean {
  return value === "FILE" || value === "DIR" || name === "--unix";
}
