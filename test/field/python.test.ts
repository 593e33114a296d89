/**
 * The field certificates before CPython 3.13, whose default context is strict:
 * each is presented to a client of CPython's by a server that does not have its
 * key. The client reports a fault of the certificate before one of the
 * signature.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  MemoryBIO,
  SSLContext,
  SSLError,
  SSLWantReadError,
  VerifyFlags,
} from "../../src/index.ts";
import {
  createVerifier,
  TrustStore,
  X509Error,
  parsePem,
} from "../../src/x509/index.ts";
import { PythonSsl } from "../oracle/python.ts";
import { pythonMaker } from "../oracle/sides.ts";

interface FieldCase {
  readonly id: string;
  readonly validation_kind: "SERVER" | "CLIENT";
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly expected_peer_name: { readonly value: string } | null;
}

const ENV = { PYENV_VERSION: "3.13.0" };
const version = spawnSync("python3", ["-c", "import sys; print(sys.version)"], {
  encoding: "utf8",
  env: { ...process.env, ...ENV },
});
const hasPython = version.stdout?.startsWith("3.13") ?? false;
const folder = process.env["PURETLS_VECTORS"];
const file = folder === undefined ? "" : join(folder, "field", "field.json");
const found = hasPython && file !== "" && existsSync(file);
const exceptions = JSON.parse(
  readFileSync(new URL("exceptions.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Readonly<Record<string, string>>>>;

const chainOf = (one: FieldCase): readonly string[] => [
  one.peer_certificate,
  ...one.untrusted_intermediates,
];

/** By our verifier, by the rules of CPython's default context, now. */
function ours(one: FieldCase): string {
  try {
    createVerifier({
      provider: noble,
      trustStore: TrustStore.of(...one.trusted_certs),
      profile: "strict",
      partialChain: true,
    }).verify(
      {
        certificates: chainOf(one).flatMap((pem) =>
          parsePem(pem).map(({ der }) => der),
        ),
      },
      {
        purpose: "serverAuth",
        serverName: one.expected_peer_name?.value,
        now: Date.now(),
      },
    );
    return "accept";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

/** Undefined where the chain cannot be presented, or the name not be asked for. */
async function theirs(
  python: PythonSsl,
  one: FieldCase,
): Promise<string | undefined> {
  const host = one.expected_peer_name?.value ?? null;
  const server = serverOf(one);
  if (server === undefined) return undefined;
  let side;
  try {
    side = await pythonMaker(python)("field", {
      protocol: "PROTOCOL_TLS_CLIENT",
      set: [
        ["check_hostname", host !== null],
        [
          "verify_flags",
          VerifyFlags.VERIFY_X509_STRICT |
            VerifyFlags.VERIFY_X509_PARTIAL_CHAIN |
            VerifyFlags.VERIFY_X509_TRUSTED_FIRST,
        ],
      ],
      calls: one.trusted_certs.map((pem) => [
        "load_verify_locations",
        { file: pem },
      ]),
      wrap: { server_hostname: host },
    });
  } catch {
    return undefined;
  }
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const object = server.wrapBio(incoming, outgoing, { serverSide: true });
  for (let round = 0; round < 4; round++) {
    const outcome = await side.call("do_handshake");
    if ("error" in outcome && outcome.error !== "SSLWantReadError")
      return outcome.verifyCode === null
        ? "accept"
        : `${String(outcome.verifyCode)} ${String(outcome.verifyMessage)}`;
    incoming.write(await side.drain());
    try {
      object.doHandshake();
    } catch (error) {
      if (!(error instanceof SSLError)) throw error;
      if (!(error instanceof SSLWantReadError)) return undefined;
    }
    await side.feed(outgoing.read());
  }
  throw new Error(`${one.id}: the handshake came to no end`);
}

/** Does not see that the signatures of its own server are none. */
const credulous: CryptoProvider = {
  ...noble,
  verifiers: Object.fromEntries(
    Object.keys(noble.verifiers).map((name) => [name, () => true]),
  ),
};

/** A server that presents the chain, and signs with no key at all. */
function serverOf(one: FieldCase): SSLContext | undefined {
  const server = new SSLContext({ protocol: "tlsServer", provider: credulous });
  server.setCiphers("DEFAULT:@SECLEVEL=0");
  try {
    server.loadCertChain({
      cert: chainOf(one).join("\n"),
      key: { sign: () => new Uint8Array(256).fill(1) },
    });
    return server;
  } catch (error) {
    if (error instanceof SSLError || error instanceof X509Error)
      return undefined;
    throw error;
  }
}

const suite = found ? describe : describe.skip;

suite("field certificates before CPython 3.13 (skipped without it)", () => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl({ program: "python3", env: ENV });
  });
  afterAll(() => {
    python.end();
  });

  it("the strict profile answers as its default context does", async () => {
    const { testcases } = (
      found ? JSON.parse(readFileSync(file, "utf8")) : { testcases: [] }
    ) as { readonly testcases: readonly FieldCase[] };
    const different: Record<string, string> = {};
    let asked = 0;
    let accepted = 0;
    for (const one of testcases) {
      if (one.validation_kind !== "SERVER") continue;
      const answer = await theirs(python, one);
      if (answer === undefined) continue;
      asked++;
      const own = ours(one);
      if (answer === "accept") accepted++;
      if ((own === "accept") !== (answer === "accept"))
        different[one.id] = `${own}, CPython ${answer}`;
    }
    console.log(
      `field before CPython 3.13: ${String(asked)} asked, ${String(accepted)} accepted, ` +
        `${String(Object.keys(different).length)} answers unlike ours`,
    );
    expect(asked).toBeGreaterThan(80);
    const undeclared = Object.entries(different).filter(
      ([id]) =>
        exceptions["strict"]?.[id] === undefined &&
        exceptions["python"]?.[id] === undefined,
    );
    expect(undeclared).toEqual([]);
  }, 120_000);
});
