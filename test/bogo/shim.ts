/**
 * The program that BoringSSL's test runner drives in place of its own shim:
 * puretls on the other end of the runner's socket, as the flags say. See
 * README.md.
 */
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { TlsError, TlsUsageError } from "../../src/engine/index.ts";
import { loadCredentials } from "./credentials.ts";
import { exchange } from "./exchange.ts";
import { type Flags, parseFlags } from "./flags.ts";
import { Memory } from "./memory.ts";
import {
  Failure,
  Mismatch,
  Unimplemented,
  UNIMPLEMENTED_EXIT,
} from "./outcome.ts";
import { Wire } from "./wire.ts";

/** As `run.mjs` was told: the provider, and when needs are answered. */
const provider =
  process.env["PURETLS_BOGO_PROVIDER"] === "noble" ? noble : node;
const late = process.env["PURETLS_BOGO_LATE"] === "1";

async function main(args: readonly string[]): Promise<number> {
  // The runner asks first whether hints of a split handshake can be had.
  if (args[0] === "-is-handshaker-supported") {
    console.log("No");
    return 0;
  }
  try {
    const runs = parseFlags(args, late);
    const memory = new Memory(provider);
    const count = runs.initial["resume-count"] ?? 0;
    for (let i = 0; i <= count; i++) {
      const flags = i === 0 ? runs.initial : runs.resume;
      if (i > 0 && !flags.server && memory.session === undefined)
        throw new Mismatch("no session to go on from");
      await connectOnce(flags, runs.retry, memory, i > 0);
      memory.wait(flags["resumption-delay"] ?? 0);
    }
    return 0;
  } catch (error) {
    return report(error);
  }
}

async function connectOnce(
  flags: Flags,
  retryFlags: Flags,
  memory: Memory,
  isResumption: boolean,
): Promise<void> {
  const secrets = new Map<string, string>();
  const setting = {
    flags,
    retryFlags,
    memory,
    isResumption,
    provider: memory.provider,
    loaded: loadCredentials(memory.provider, flags),
    seen: { peer: undefined, name: undefined, isRefused: undefined },
    keyLog: (line: string) => {
      const [label = "", , secret = ""] = line.split(" ");
      secrets.set(label, secret);
    },
  };
  const wire = await Wire.open({
    port: flags.port ?? 0,
    ipv6: flags.ipv6,
    shimId: BigInt(flags["shim-id"] ?? 0),
  });
  try {
    await exchange(setting, wire, secrets);
  } finally {
    await wire.close();
  }
}

function report(error: unknown): number {
  if (error instanceof Unimplemented) {
    console.error(`not implemented: ${error.message}`);
    return UNIMPLEMENTED_EXIT;
  }
  if (error instanceof Failure)
    console.error(`:${error.code}: ${error.message}`);
  else if (error instanceof Mismatch)
    console.error(`expected otherwise: ${error.message}`);
  else if (error instanceof TlsUsageError || error instanceof TlsError)
    console.error(`:wrong_use: ${error.message}`);
  else console.error(error);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
