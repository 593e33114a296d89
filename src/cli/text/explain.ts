import { printableAgain } from "../../bytes.ts";
import { SSLError, SSLSyscallError } from "../../ssl/errors/errors.ts";

/** An error as one line: what was wrong, and the alert that went with it. */
export function explain(error: unknown): string {
  if (error instanceof SSLSyscallError && error.cause instanceof Error)
    return `${line(error.message)}: ${explain(error.cause)}`;
  if (error instanceof SSLError && error.alert !== undefined) {
    const { name, direction } = error.alert;
    return `${line(error.message)} (alert ${direction}: ${name})`;
  }
  // A host of several addresses: each of them was tried, and says why not.
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map(explain).join("; ");
  return line(error instanceof Error ? error.message : String(error));
}

function line(text: string): string {
  return printableAgain(text.split("\n").join(" "), 500);
}
