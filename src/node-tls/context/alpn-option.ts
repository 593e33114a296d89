/** The option `ALPNProtocols`: a list of names, or their form on the wire. */
import { latin1 } from "../../bytes.ts";
import { viewOf } from "../base/checks.ts";
import { outOfRange, wrongType, wrongValue } from "../base/errors.ts";

const OPTION = "ALPNProtocols";

/**
 * Returns the names, one character a byte.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for what are none
 * @throws RangeError ERR_OUT_OF_RANGE for a name of more than 255 bytes
 */
export function alpnNames(option: unknown): readonly string[] {
  if (!option) return [];
  if (Array.isArray(option)) return option.map(nameOf);
  if (ArrayBuffer.isView(option)) return namesIn(viewOf(option));
  throw wrongType(
    OPTION,
    option,
    "a list of strings, a Buffer or a TypedArray",
  );
}

function nameOf(given: unknown, index: number): string {
  const name =
    typeof given === "string"
      ? Buffer.from(given, "utf8").toString("latin1")
      : ArrayBuffer.isView(given)
        ? latin1(viewOf(given))
        : undefined;
  if (name === undefined)
    throw wrongType(`${OPTION}[${String(index)}]`, given, "a string");
  if (name.length > 255)
    throw outOfRange(
      `${OPTION}[${String(index)}]`,
      name.length,
      "a name of 1 to 255 bytes",
    );
  if (name.length === 0)
    throw wrongValue(
      `${OPTION}[${String(index)}]`,
      given,
      "a name of 1 to 255 bytes is allowed",
    );
  return name;
}

function namesIn(bytes: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    const end = at + 1 + length;
    if (length === 0 || end > bytes.length)
      throw wrongValue(
        OPTION,
        bytes,
        "names with their length, from 1 to 255, before each are allowed",
      );
    names.push(latin1(bytes.subarray(at + 1, end)));
    at = end;
  }
  return names;
}
