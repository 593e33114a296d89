/** A list of trust anchors that somebody keeps, as `puretls/roots` has one. */
import type { BundledCertificate } from "./bundle.ts";

/**
 * A list of trust anchors, and what each is trusted for: Mozilla's of `puretls/roots`,
 * or a program's own.
 */
export interface RootProgram {
  /** Name of the list with its version. */
  readonly name: string;
  /** The day of the list, YYYY-MM-DD. */
  readonly date: string;
  /** Makes the anchors, anew with each call. */
  readonly certificates: () => readonly BundledCertificate[];
}
