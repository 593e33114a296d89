/**
 * Lists of what two sides offer, for the details of errors: short, in the names of
 * the registries, and without a text that the peer chose.
 */
import { printable } from "../../bytes.ts";
import { isGrease } from "./grease.ts";

/** Entries of a list that an error prints. */
const MOST = 6;
/** Characters of a name that a peer chose. */
const LONGEST_NAME = 40;

/**
 * Prints a list: "a, b and c", or "a, b, c, d, e, f and 9 more".
 *
 * @param nothing stands for an empty list
 */
export function listed(
  names: readonly string[],
  nothing = "none",
  unknown = 0,
): string {
  const shown = names.slice(0, MOST);
  const more = names.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  if (unknown > 0)
    shown.push(
      `${unknown} that ${unknown === 1 ? "is" : "are"} not known here`,
    );
  const last = shown.pop();
  if (last === undefined) return nothing;
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/**
 * Prints code points that a peer offers: those of the table by name, the rest as a
 * number of them. GREASE (RFC 8701) is left out.
 */
export function listedCodes(
  codes: readonly number[],
  names: ReadonlyMap<number, string>,
): string {
  const known: string[] = [];
  let unknown = 0;
  for (const code of new Set(codes)) {
    const name = names.get(code);
    if (name !== undefined) known.push(name);
    else if (!isGrease(code)) unknown++;
  }
  return listed(known, "none", unknown);
}

/** Prints names of application protocols, which a peer may have chosen. */
export function listedProtocols(names: readonly string[]): string {
  return listed(names.map((name) => `"${printable(name, LONGEST_NAME)}"`));
}

/** Prints versions with their verb: "TLSv1.3 and TLSv1.2 are enabled". */
export function enabledText(versions: readonly string[]): string {
  return `${listed(versions)} ${versions.length === 1 ? "is" : "are"} enabled`;
}

/** Prints a ProtocolVersion: "TLS 1.1", or its number where it has no name. */
export function versionText(code: number): string {
  if (code === 0x0300) return "SSL 3.0";
  if (code > 0x0300 && code <= 0x0304) return `TLS 1.${(code & 0xff) - 1}`;
  return `version ${code.toString(16).padStart(4, "0")}`;
}
