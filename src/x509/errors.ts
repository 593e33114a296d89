/** The one error that this house throws. */
import { DerError } from "./der.ts";
import type { X509ErrorCode } from "./error-table.ts";
import type { VerifyCode } from "./verify-messages.ts";
import { X509_ERRORS } from "./error-table.ts";

export type { X509ErrorCode } from "./error-table.ts";
export { RANK_AFTER_NAME, X509_ERRORS } from "./error-table.ts";

/** A certificate, key, list or response was refused. */
export class X509Error extends Error {
  override readonly name = "X509Error";
  readonly code: X509ErrorCode;
  /** Position in the path, 0 for the leaf, where that is known. */
  readonly depth: number | undefined;
  readonly #detail: string | undefined;

  /**
   * @param detail what exactly, in words; text from outside must have gone
   *   through `printable`
   */
  constructor(code: X509ErrorCode, detail?: string, depth?: number) {
    const says = X509_ERRORS[code].says;
    super(detail === undefined ? says : `${says} (${detail})`);
    this.code = code;
    this.#detail = detail;
    this.depth = depth;
  }

  /** The same error, told of a certificate at that position. */
  withDepth(depth: number): X509Error {
    return new X509Error(this.code, this.#detail, depth);
  }

  /** OpenSSL's X509_V_ERR number; `verifyMessage` has its text. */
  get verifyCode(): VerifyCode {
    return X509_ERRORS[this.code].verifyCode;
  }
}

/**
 * Runs a decoder; what it finds wrong with the encoding comes out as an
 * X509Error of that code.
 */
export function decoding<T>(code: X509ErrorCode, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DerError) throw new X509Error(code, error.message);
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
