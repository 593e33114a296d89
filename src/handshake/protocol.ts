/** What a config speaks, as far as a config has to know. */
import type {
  CipherSuite,
  CipherSuiteName,
  TlsVersion,
} from "./cipher-suites.ts";

/**
 * The versions of one role and their cipher suites. The engine knows what else
 * belongs to them; to a config, and to whoever carries one, it is opaque.
 */
export interface Protocol {
  readonly versions: readonly TlsVersion[];
  readonly suites: Readonly<Partial<Record<CipherSuiteName, CipherSuite>>>;
  /** In the default order, which depends on whether AES is fast. */
  readonly defaultSuites: (fastAes: boolean) => readonly CipherSuiteName[];
}
