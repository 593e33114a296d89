/** Values of a certificate as people are used to read them. */
import { printableAgain, toHex } from "../../bytes.ts";
import { X509Error } from "../../x509/index.ts";

/** Upper-case hexadecimal, as OpenSSL has it. */
export function hexPairs(bytes: Uint8Array, between: ":" | ""): string {
  const pairs = toHex(bytes).toUpperCase().match(/../g) ?? [];
  return pairs.join(between);
}

/** The two's complement of a serial number, as OpenSSL prints it. */
export function serialText(content: Uint8Array): string {
  const value = BigInt.asIntN(
    8 * content.length,
    BigInt(`0x0${toHex(content)}`),
  );
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return value < 0n ? `-${even}` : even;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** OpenSSL's form of a time: `Jan  5 09:34:43 2018 GMT`. */
export function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = date.getUTCDate().toString().padStart(2, " ");
  const [time = ""] = date.toISOString().split("T").at(-1)?.split(".") ?? [];
  return `${MONTHS[date.getUTCMonth()] ?? ""} ${day} ${time} ${date.getUTCFullYear().toString()} GMT`;
}

/** Returns what `read` returns, or the fault in what it reads. */
export function orFault(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return `(${printableAgain(error.message)})`;
  }
}
