/** Abilities that the runtime adds to those that are always there. */
import { noble } from "../../crypto/noble/index.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { hasFileSystem } from "./platform.ts";
import { randStatus } from "./random.ts";
import { hasTimers } from "./timers.ts";

/** Result of {@link probe}. */
export interface ProbeResult {
  /** The provider has random bytes: connections can be made. */
  readonly random: boolean;
  /** `setTimeout` is there: timeouts work without a timer of the transport. */
  readonly timers: boolean;
  /** Paths can be given in place of contents. */
  readonly fileSystem: boolean;
  /** `crypto.subtle` is there, for opaque keys; nothing here needs it. */
  readonly webCrypto: boolean;
}

/**
 * Python: `try: import ssl`. TLS itself is always there; this says what the
 * runtime adds.
 *
 * @example
 * ```ts
 * import { probe } from "puretls";
 *
 * if (!probe().random) throw new Error("give the context a provider with one");
 * ```
 */
export function probe(provider: CryptoProvider = noble): ProbeResult {
  const crypto: unknown = Reflect.get(globalThis, "crypto");
  return {
    random: randStatus(provider),
    timers: hasTimers(),
    fileSystem: hasFileSystem(),
    webCrypto:
      typeof crypto === "object" && crypto !== null && "subtle" in crypto,
  };
}
