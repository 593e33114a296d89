/**
 * Chains that a context completes with what it trusts: what CPython presents in
 * the same place, and whether CPython and openssl can verify it.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  MemoryBIO,
  SSLContext,
  SSLError,
  SSLWantReadError,
} from "../../../src/index.ts";
import { serve } from "../../../src/net/node.ts";
import {
  type Authority,
  createCertificateAuthority,
  createSelfSigned,
  generateKey,
} from "../../../src/pki/index.ts";
import { Certificate, OID } from "../../../src/x509/index.ts";
import { ourMaker, pythonMaker, type Setup } from "../../oracle/sides.ts";
import { describePython, PythonSsl } from "../../oracle/python.ts";
import { BioPair } from "../support.ts";
import { hasOpenssl } from "../../support/openssl-certs.ts";

const provider = noble;
const key = generateKey({ provider });
const root = createCertificateAuthority({ provider, name: "root" });
const middle = root.issueIntermediate({ name: "middle" });
const lower = middle.issueIntermediate({ name: "lower" });
/** Of the name of `middle`, with another key. */
const impostor = root.issueIntermediate({ name: "middle" });
const YEAR = 365 * 86_400_000;
const past = {
  notBefore: Date.now() - 3 * YEAR,
  notAfter: Date.now() - 2 * YEAR,
};
const keyOfMiddle = generateKey({ provider });
const fresh = root.issueIntermediate({ name: "two times", key: keyOfMiddle });
const expired = root.issueIntermediate({
  name: "two times",
  key: keyOfMiddle,
  ...past,
});

/** A leaf for both roles. */
const under = (authority: Authority): string =>
  authority.issueServer({
    hosts: ["a.test"],
    key,
    extendedKeyUsage: [OID.serverAuth, OID.clientAuth],
  }).pem;
const self = createSelfSigned({ provider, hosts: ["a.test"], key }).pem;

interface Case {
  readonly file: string;
  readonly trusted: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "the intermediate and the root are trusted": {
    file: under(middle),
    trusted: [middle.pem, root.pem],
  },
  "the intermediate alone is trusted": {
    file: under(middle),
    trusted: [middle.pem],
  },
  "the root alone is trusted": { file: under(middle), trusted: [root.pem] },
  "the root has issued the leaf": { file: under(root), trusted: [root.pem] },
  "two intermediates": {
    file: under(lower),
    trusted: [root.pem, middle.pem, lower.pem],
  },
  "the upper intermediate is missing": {
    file: under(lower),
    trusted: [root.pem, lower.pem],
  },
  "a chain of two certificates": {
    file: under(lower) + lower.pem,
    trusted: [root.pem, middle.pem],
  },
  "nothing is trusted": { file: under(middle), trusted: [] },
  "a leaf that signs itself": { file: self, trusted: [self, root.pem] },
  "the leaf itself is trusted": {
    file: under(middle),
    trusted: [under(middle), middle.pem],
  },
  "an intermediate of that name with another key": {
    file: under(middle),
    trusted: [impostor.pem, root.pem],
  },
  "that one, and the right one": {
    file: under(middle),
    trusted: [impostor.pem, middle.pem],
  },
  "an expired twin before the fresh one": {
    file: under(fresh),
    trusted: [expired.pem, fresh.pem],
  },
  "an expired twin behind the fresh one": {
    file: under(fresh),
    trusted: [fresh.pem, expired.pem],
  },
  "an expired one alone": { file: under(fresh), trusted: [expired.pem] },
};
const VERSIONS = ["TLSv1_3", "TLSv1_2"] as const;
const ROLES = ["server", "client"] as const;
type Role = (typeof ROLES)[number];

describePython(
  "a leaf alone is completed with what is trusted",
  (interpreter) => {
    let python: PythonSsl;
    beforeAll(() => {
      python = new PythonSsl(interpreter);
    });
    afterAll(() => {
      python.end();
    });

    it.each(Object.entries(CASES))(
      "X-20: completes a leaf as CPython does: %s",
      async (_what, { file, trusted }) => {
        for (const role of ROLES)
          for (const version of VERSIONS) {
            const setup = setupOf(role, version, file, trusted);
            const theirs = await presented(pythonMaker(python), role, setup);
            const ours = await presented(ourMaker, role, setup);
            expect({ role, version, chain: ours }).toEqual({
              ...{ role, version, chain: theirs },
            });
          }
      },
    );

    it.each(ROLES)(
      "lets CPython verify a %s that has its leaf alone",
      async (role) => {
        const verified = async (autoChain: boolean): Promise<boolean> => {
          const isServer = role === "server";
          const side = await pythonMaker(python)(`side${(made++).toString()}`, {
            protocol: isServer ? "PROTOCOL_TLS_CLIENT" : "PROTOCOL_TLS_SERVER",
            set: [["verify_mode", constant("CERT_REQUIRED")]],
            calls: [
              ["load_verify_locations", file(root.pem)],
              ["load_cert_chain", file(self), file(key.toPem())],
            ],
            wrap: isServer
              ? { server_hostname: "a.test" }
              : { server_side: true },
          });
          return handshake(contextOf(role, autoChain), side);
        };
        expect(await verified(true)).toBe(true);
        expect(await verified(false)).toBe(false);
      },
    );
  },
);

/** A leaf alone, of an intermediate that is trusted. */
function contextOf(role: Role, autoChain: boolean): SSLContext {
  const context = new SSLContext({
    protocol: role === "server" ? "tlsServer" : "tlsClient",
    checkHostname: false,
    verifyMode: "none",
    autoChain,
    certChain: { cert: under(middle), key: key.toPem() },
  });
  context.loadVerifyLocations({ ca: middle.pem });
  return context;
}

it("X-20: a chain is completed with what the context trusts when a connection is wrapped", () => {
  const context = contextOf("server", true);
  const seen = (): number => {
    let count = 0;
    const client = new SSLContext({
      checkHostname: false,
      verifier: {
        verify: ({ certificates }) => {
          count = certificates.length;
          throw new Error("seen");
        },
      },
    });
    expect(() => new BioPair(client, context).handshake()).toThrow();
    return count;
  };
  expect(seen()).toBe(2);
  context.loadVerifyLocations({ ca: root.pem });
  expect(seen()).toBe(3);
  // As in OpenSSL, which ends the handshake where the level refuses the leaf.
  context.setCiphers("DEFAULT:@SECLEVEL=4");
  expect(() => {
    const bios = [new MemoryBIO(), new MemoryBIO()] as const;
    context.wrapBio(...bios, { serverSide: true }).doHandshake();
  }).toThrow("[SSL: EE_KEY_TOO_SMALL] ee key too small: securityLevel: ");
  context.setCiphers("DEFAULT:@SECLEVEL=2");
  context.autoChain = false;
  expect(seen()).toBe(1);
});

it("signs with a key that is elsewhere, under the completed chain too", async () => {
  const { signers } = provider;
  const asked: string[] = [];
  const server = contextOf("server", true).extend({
    certChain: {
      cert: under(middle),
      key: {
        sign: (scheme, content) => {
          asked.push(scheme);
          const sign = signers["ecdsa-sha256"];
          if (sign === undefined) throw new Error("no signer");
          return sign(key.privateKey, content, provider.random);
        },
      },
    },
  });
  const client = new SSLContext({ verifyLocations: { ca: root.pem } });
  const pair = new BioPair(client, server, "a.test").handshake();
  expect(pair.client.getVerifiedChain()).toHaveLength(3);
  expect(asked).toEqual(["ecdsa_secp256r1_sha256"]);
  return Promise.resolve();
});

describe.runIf(hasOpenssl())("openssl s_client", () => {
  const folder = mkdtempSync(join(tmpdir(), "puretls-auto-chain-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(["-tls1_3", "-tls1_2"])("verifies it: %s", async (version) => {
    writeFileSync(join(folder, "root.pem"), root.pem);
    const server = await serve({ context: contextOf("server", true), port: 0 });
    const { port = 0 } = server.address ?? {};
    const served = server.accept().then(async ({ socket }) => {
      await socket.recv();
      await socket.close();
    });
    const text = await new Promise<string>((resolve, reject) => {
      const child = execFile(
        "openssl",
        [
          ...["s_client", "-connect", `127.0.0.1:${port.toString()}`, version],
          ...["-CAfile", "root.pem", "-no-CApath", "-no-CAstore"],
          ...["-verify_return_error", "-verify_hostname", "a.test"],
        ],
        { cwd: folder },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(stderr));
        },
      );
      child.stdin?.end("x\n");
    });
    await served;
    await server.close();
    expect(text).toContain("Verify return code: 0 (ok)");
    expect(text).toMatch(/ 1 s:CN = middle/);
  });
});

const file = (text: string) => ({ file: text });
const constant = (name: string) => ({ constant: name });

function setupOf(
  role: Role,
  version: string,
  chain: string,
  trusted: readonly string[],
): Setup {
  return {
    protocol: role === "server" ? "PROTOCOL_TLS_SERVER" : "PROTOCOL_TLS_CLIENT",
    set: [
      ...(role === "client" ? [["check_hostname", false] as const] : []),
      ["verify_mode", constant("CERT_NONE")],
      ["maximum_version", constant(`TLSVersion.${version}`)],
    ],
    calls: [
      ...trusted.map((pem) => ["load_verify_locations", file(pem)] as const),
      ["load_cert_chain", file(chain), file(key.toPem())],
    ],
    wrap: { server_side: role === "server" },
  };
}

let made = 0;

/** DER of what a side presents, as a peer of ours is asked to verify it. */
async function presented(
  maker: typeof ourMaker,
  role: Role,
  setup: Setup,
): Promise<string[]> {
  const side = await maker(`side${(made++).toString()}`, setup);
  let seen: readonly Uint8Array[] = [];
  const peer = new SSLContext({
    protocol: role === "server" ? "tlsClient" : "tlsServer",
    checkHostname: false,
    verifyMode: "required",
    verifier: {
      verify: ({ certificates }) => {
        seen = certificates.map((der) => Uint8Array.from(der));
        throw new Error("seen");
      },
    },
    ...(role === "client" && { certChain: { cert: self, key: key.toPem() } }),
  });
  await handshake(peer, side);
  return seen.map((der) => Certificate.parse(der).subject.toString());
}

async function handshake(
  context: SSLContext,
  side: Awaited<ReturnType<typeof ourMaker>>,
): Promise<boolean> {
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const object = context.wrapBio(incoming, outgoing);
  let isDone = false;
  let isTheirs = false;
  for (let turn = 0; turn < 8; turn++) {
    try {
      if (!isDone) object.doHandshake();
      isDone = true;
    } catch (error) {
      if (!(error instanceof SSLError)) throw error;
      if (!(error instanceof SSLWantReadError)) turn += 4;
    }
    await side.feed(outgoing.read());
    isTheirs = "value" in (await side.call("do_handshake"));
    incoming.write(await side.drain());
  }
  return isDone && isTheirs;
}
