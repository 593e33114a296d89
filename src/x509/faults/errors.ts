/** The one error that this house throws. */
import { DerError } from "../der/der.ts";
import type * as faults from "./faults.ts";
import type { FaultRow } from "./row.ts";
import type { VerifyCode } from "./verify-messages.ts";

/** The name of a fault. */
export type X509ErrorCode = keyof typeof faults;

/** One row of `X509_ERRORS`. */
export interface X509Fault extends FaultRow {
  readonly code: X509ErrorCode;
}

/**
 * A certificate, key, list or response was refused.
 *
 * @example
 * ```ts
 * import { parsePem, X509Error } from "puretls/x509";
 *
 * try {
 *   parsePem("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
 * } catch (error) {
 *   if (!(error instanceof X509Error)) throw error;
 *   if (error.code !== "malformed_pem") throw error;
 * }
 * ```
 */
export class X509Error extends Error {
  override readonly name = "X509Error";
  /** A row of `X509_ERRORS`. */
  readonly fault: X509Fault;
  /** Its name; programs may compare it. */
  readonly code: X509ErrorCode;
  /** Position in the path, 0 for the leaf, where that is known. */
  readonly depth: number | undefined;
  readonly #detail: string | undefined;

  /**
   * @param detail what exactly, in words; text from outside must have gone
   *   through `printable`
   */
  constructor(fault: X509Fault, detail?: string, depth?: number) {
    super(sentence(fault, detail));
    this.fault = fault;
    this.code = fault.code;
    this.#detail = detail;
    this.depth = depth;
  }

  /** The same error, told of a certificate at that position. */
  withDepth(depth: number): X509Error {
    return new X509Error(this.fault, this.#detail, depth);
  }

  /** OpenSSL's X509_V_ERR number; `verifyMessage` has its text. */
  get verifyCode(): VerifyCode {
    return this.fault.verifyCode;
  }
}

function sentence(
  { says, detailFirst }: X509Fault,
  detail: string | undefined,
): string {
  if (detail === undefined) return says;
  return detailFirst === true ? `${detail}: ${says}` : `${says} (${detail})`;
}

/**
 * Runs a decoder; what it finds wrong with the encoding comes out as an
 * X509Error of that fault.
 */
export function decoding<T>(fault: X509Fault, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DerError) throw new X509Error(fault, error.message);
    throw error;
  }
}

/**
 * Runs a check of a certificate in a path; an X509Error without a depth gets
 * this one.
 *
 * @throws what `check` throws
 */
export function atDepth<T>(depth: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof X509Error && error.depth === undefined)
      throw error.withDepth(depth);
    throw error;
  }
}

/** Returns what `read` returns, or undefined for what cannot be read. */
export function orUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
