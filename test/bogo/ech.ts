/** Encrypted Client Hello, RFC 9849, by the flags. */
import { equal } from "../../src/bytes.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  createEchClient,
  type EchClient,
  createEchGrease,
  createEchServer,
  type EchServer,
} from "../../src/ech/index.ts";
import { TlsError, TlsUsageError } from "../../src/engine/index.ts";
import type { Flags } from "./flags.ts";
import { expect, Failure } from "./outcome.ts";

/** @throws Failure for a list that is none, or that nothing can be done with */
export function clientEch(
  provider: CryptoProvider,
  flags: Flags,
): EchClient | undefined {
  const list = flags["ech-config-list"];
  try {
    if (list) {
      if ((flags["max-version"] ?? 0x0304) < 0x0304)
        throw new TlsUsageError("TLS 1.3 alone has it");
      const client = createEchClient(list);
      client.begin({ provider });
      return client;
    }
    if (flags["reject-unusable-ech-config"]) throw new TlsUsageError("no list");
  } catch (error) {
    if (error instanceof TlsError) throw new Failure("ech_config_list", error);
    // To go on without is for the program to choose: BoringSSL's does.
    if (!(error instanceof TlsUsageError)) throw error;
    if (flags["reject-unusable-ech-config"])
      throw new Failure("unusable_ech_config_list");
  }
  return flags["enable-ech-grease"] ? createEchGrease() : undefined;
}

/**
 * A server without keys too: it accepts a hello that is marked as an inner one.
 */
export function serverEch(provider: CryptoProvider, flags: Flags): EchServer {
  const {
    "ech-server-config": configs = [],
    "ech-server-key": privateKeys = [],
    "ech-is-retry-config": published = [],
  } = flags;
  const keys = configs.map((config, i) => ({
    config,
    privateKey: privateKeys[i] ?? new Uint8Array(),
  }));
  const retryConfigs = keys.filter((_, i) => published[i] !== 0);
  return createEchServer({ provider, keys, retryConfigs });
}

/**
 * A rejected hello ends the connection; the server's retry configs have to be
 * those of the flags.
 *
 * @throws Mismatch
 */
export function checkRejection(flags: Flags, failure: unknown): void {
  const configs = flags["expect-ech-retry-configs"];
  if (configs === undefined && !flags["expect-no-ech-retry-configs"]) return;
  const error = failure instanceof Failure ? failure.error : undefined;
  expect(error?.reason === "ech_rejected", "no rejection of ECH");
  const received = error?.echRetryConfigs;
  expect(
    configs && received ? equal(configs, received) : configs === received,
    "other retry configs",
  );
}
