/** OCSP stapling and timestamps: RFC 6066 8, RFC 6962 3.3, RFC 7633. */
import { describe, expect, it } from "vitest";
import { asciiBytes, equal } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type Credential,
  createCredential,
  type ServerOptions,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
} from "../../../src/engine/index.ts";
import type { IssuedCertificate, PkiKey } from "../../../src/pki/index.ts";
import * as OID from "../../../src/x509/der/oids.ts";
import {
  type Certificate,
  createVerifier,
  type PeerChain,
  requireTimestamps,
  TrustStore,
  type VerifierOptions,
} from "../../../src/x509/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  DELIVERIES,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { testAuthority, testKey } from "../../support/pki.ts";
import { sessionsAfter } from "../../support/sessions.ts";
import {
  issueWithTimestamps,
  timestampList,
  timestampOf,
} from "../../support/transparency.ts";

const trustStore = TrustStore.of(testAuthority().der);

function verifierWith(options: Partial<VerifierOptions> = {}) {
  const inner = createVerifier({ provider: noble, trustStore, ...options });
  const seen: PeerChain[] = [];
  return {
    seen,
    verify: (...[peer, at]: Parameters<typeof inner.verify>) => {
      seen.push(peer);
      return inner.verify(peer, at);
    },
  };
}

function issue(mustStaple = false) {
  return testAuthority().issueServer({
    hosts: ["localhost"],
    key: testKey("ec-p256"),
    mustStaple,
  });
}

type Issued = ReturnType<typeof issue>;

function credentialOf(
  issued: Issued,
  stapled: Pick<Credential, "ocspResponse" | "scts"> = {},
): Credential {
  const { algorithm } = issued.certificate.subjectPublicKeyInfo;
  const key = { algorithm, key: issued.key.privateKey };
  return createCredential({
    provider: noble,
    chain: issued.chain,
    key,
    ...stapled,
  });
}

function connect(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
  delivery: (typeof DELIVERIES)[number] = "whole",
): Pair {
  return shuttle(
    newPair(testClientConfig(client), testServerConfig(server)),
    delivery,
  );
}

const fine = issue();
const good = testAuthority().createOcspResponse(fine.certificate);

describe("a stapled OCSP response", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.5.1-08] [9846-4.5.1.1-01] [9846-4.5.1.1-05]
    it(`comes where it was asked for, both ways, bytes ${delivery}`, () => {
      const atClient = verifierWith({ ocsp: "require" });
      const atServer = verifierWith({ ocsp: "require" });
      const one = testAuthority().issueClient({ name: "c" });
      const stapled = {
        ocspResponse: testAuthority().createOcspResponse(one.certificate),
      };
      const pair = connect(
        {
          verifier: atClient,
          ocspStapling: true,
          credentials: [credentialOf(one, stapled)],
        },
        {
          verifier: atServer,
          ocspStapling: true,
          clientAuthentication: "required",
          credentials: [credentialOf(fine, { ocspResponse: good })],
        },
        delivery,
      );
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      expect(pair.server.info?.peer?.verified).toBe(true);
      expect(atClient.seen[0]?.ocspResponse).toEqual(good);
      expect(atServer.seen[0]?.ocspResponse).toEqual(stapled.ocspResponse);
    });

  it("is not sent where the client did not request it", () => {
    const verifier = verifierWith();
    const credentials = [credentialOf(fine, { ocspResponse: good })];
    const pair = connect({ verifier }, { credentials });
    expect(pair.client.info).toBeDefined();
    expect(verifier.seen[0]).not.toHaveProperty("ocspResponse");
  });

  it("with status revoked ends the connection", () => {
    const ocspResponse = testAuthority().createOcspResponse(fine.certificate, {
      status: "revoked",
    });
    const credentials = [credentialOf(fine, { ocspResponse })];
    const { client, server } = connect(
      { verifier: verifierWith(), ocspStapling: true },
      { credentials },
    );
    expect(client.error?.alert).toBe("certificate_revoked");
    expect(server.error?.alert).toBe("certificate_revoked");
  });

  it("that is no response gets bad_certificate_status_response", () => {
    const ocspResponse = asciiBytes("no DER");
    const credentials = [credentialOf(fine, { ocspResponse })];
    const { client } = connect(
      { verifier: verifierWith(), ocspStapling: true },
      { credentials },
    );
    expect(client.error?.alert).toBe("bad_certificate_status_response");
  });

  it("must be there for a certificate that promises it, if asked for", () => {
    const promising = issue(true);
    const bare = { credentials: [credentialOf(promising)] };
    const asking = { verifier: verifierWith(), ocspStapling: true };
    const { client } = connect(asking, bare);
    expect(client.error?.alert).toBe("bad_certificate_status_response");
    expect(
      connect({ verifier: verifierWith() }, bare).client.info,
    ).toBeDefined();
    const ocspResponse = testAuthority().createOcspResponse(
      promising.certificate,
    );
    const stapling = {
      credentials: [credentialOf(promising, { ocspResponse })],
    };
    expect(connect(asking, stapling).client.info).toBeDefined();
  });

  it("is not stapled empty", () => {
    expect(() =>
      credentialOf(fine, { ocspResponse: new Uint8Array() }),
    ).toThrow(/empty/);
  });
});

describe("what a server must not say", () => {
  const answer = (type: number, body: string, ocspStapling: boolean) => {
    const bytes = Uint8Array.from(Buffer.from(body, "hex"));
    return connect(
      { ocspStapling },
      { shapes: { certificate: { verbatim: [{ type, body: bytes }] } } },
    ).client.error;
  };
  // [9846-4.5.1-06]
  it("unasked: unsupported_extension", () => {
    const error = answer(ExtensionType.status_request, "0100000130", false);
    expect(error?.alert).toBe("unsupported_extension");
  });
  it.each(["", "0200000130", "01000000", "010000013000"])(
    "a CertificateStatus of %j: decode_error",
    (body) => {
      const error = answer(ExtensionType.status_request, body, true);
      expect(error?.alert).toBe("decode_error");
    },
  );
});

describe("timestamps", () => {
  const logKey: PkiKey = testKey("ec-p256");
  const other: PkiKey = testKey("ec-p384");
  const now = Date.now();

  const timestamp = (leaf: Certificate, time?: number): Uint8Array =>
    timestampOf(logKey, leaf, time);

  const policy = (minimum: number) =>
    verifierWith({
      transparency: requireTimestamps({
        provider: noble,
        logs: [{ key: logKey.publicKeyInfo() }, { key: other.publicKeyInfo() }],
        minimum,
      }),
    });

  function outcome(scts: readonly Uint8Array[], minimum = 1) {
    const verifier = policy(minimum);
    const pair = connect(
      { verifier, signedCertificateTimestamps: true },
      { credentials: [credentialOf(fine, { scts })] },
    );
    return { verifier, ...pair };
  }

  it("of a log that is known are enough", () => {
    const sct = timestamp(fine.certificate);
    const { client, verifier } = outcome([sct]);
    expect(client.error).toBeUndefined();
    expect(verifier.seen[0]?.scts?.every((one) => equal(one, sct))).toBe(true);
  });

  const flipped = timestamp(fine.certificate);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  const cases: Record<string, readonly [readonly Uint8Array[], number]> = {
    "none at all": [[], 1],
    "one log twice for two": [
      [timestamp(fine.certificate), timestamp(fine.certificate)],
      2,
    ],
    "a wrong signature": [[flipped], 1],
    "another certificate": [[timestamp(issue().certificate)], 1],
    "the future": [[timestamp(fine.certificate, now + 3_600_000)], 1],
    "cut off": [[timestamp(fine.certificate).subarray(0, 60)], 1],
    "a byte": [[Uint8Array.of(0)], 1],
  };
  for (const [name, [scts, minimum]] of Object.entries(cases))
    it(`${name}: certificate_unknown`, () => {
      const { client } = outcome(scts, minimum);
      expect(client.error?.alert).toBe("certificate_unknown");
    });

  /** A certificate with these timestamps in an extension. */
  function inside(issued: IssuedCertificate, minimum = 1) {
    const own = createCredential({
      provider: noble,
      chain: issued.chain,
      key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
    });
    return connect({ verifier: policy(minimum) }, { credentials: [own] })
      .client;
  }
  const leafKey = testKey("ec-p256");
  const embedded = issueWithTimestamps(testAuthority(), leafKey, [logKey]);

  it("inside the certificate count, and count with those beside it", () => {
    expect(inside(embedded).error).toBeUndefined();
    expect(inside(embedded, 2).error?.alert).toBe("certificate_unknown");
  });

  it.each([
    ["of another certificate", timestampList([timestamp(fine.certificate)])],
    ["in no list", Uint8Array.of(4, 2, 0, 9)],
    ["in a list of nothing", Uint8Array.of(4, 4, 0, 2, 0, 0)],
    ["in no OCTET STRING", Uint8Array.of(5, 0)],
    ["in an empty extension", new Uint8Array()],
  ])("inside a certificate, %s: certificate_unknown", (_, value) => {
    const oid = OID.signedCertificateTimestamps;
    const issued = testAuthority().issueServer({
      hosts: ["localhost"],
      key: leafKey,
      extensions: [{ oid, value }],
    });
    expect(inside(issued).error?.alert).toBe("certificate_unknown");
  });

  it("inside a stapled response count", () => {
    const response = (leaf: Certificate) =>
      testAuthority().createOcspResponse(fine.certificate, {
        extensions: [
          {
            oid: OID.ocspSignedCertificateTimestamps,
            value: timestampList([timestamp(leaf)]),
          },
        ],
      });
    const outcomeOf = (leaf: Certificate) =>
      connect(
        { verifier: policy(1), ocspStapling: true },
        {
          credentials: [credentialOf(fine, { ocspResponse: response(leaf) })],
        },
      ).client;
    expect(outcomeOf(fine.certificate).error).toBeUndefined();
    expect(outcomeOf(embedded.certificate).error?.alert).toBe(
      "certificate_unknown",
    );
  });

  it("are asked of a client too", () => {
    const one = testAuthority().issueClient({ name: "c" });
    const verifier = policy(1);
    const { server } = connect(
      {
        credentials: [
          credentialOf(one, { scts: [timestamp(one.certificate)] }),
        ],
      },
      {
        verifier,
        signedCertificateTimestamps: true,
        clientAuthentication: "required",
      },
    );
    expect(server.error).toBeUndefined();
    expect(verifier.seen[0]?.scts?.length).toBe(1);
  });
});

describe.each(["TLSv1.3", "TLSv1.2"] as const)("a session of %s", (version) => {
  const versions = [version];
  const hour = 3_600_000;
  const at = (now: number) => ({ ...noble, now: () => now });

  /** Resumed or not, when one connection follows another after a while. */
  function resumed(
    client: Partial<ClientOptions>,
    stapled: Pick<Credential, "ocspResponse" | "scts">,
    after = 0,
    later = stapled,
  ): boolean | undefined {
    const server = {
      versions,
      credentials: [credentialOf(promising, later)],
      ticketKeys: new TicketKeys({ provider: noble }),
    };
    const credentials = [credentialOf(promising, stapled)];
    const first = connect({ versions, ...client }, { ...server, credentials });
    const [session] = sessionsAfter(first);
    if (session === undefined) throw new Error("no session came");
    // What goes through a file is judged as well as what stays here.
    const outcomes = [session, sessionFromBytes(sessionToBytes(session))].map(
      (one) => {
        const provider = at(Date.now() + after);
        const options = { versions, ...client, provider, session: one };
        const pair = connect(options, { ...server, provider });
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        return pair.client.info?.resumed;
      },
    );
    expect(outcomes[0]).toBe(outcomes[1]);
    return outcomes[0];
  }
  const promising = issue(true);

  it("keeps its timestamps for a verifier that requires them", () => {
    const key = testKey("ec-p256");
    const logs = [{ key: key.publicKeyInfo() }];
    const transparency = requireTimestamps({
      provider: noble,
      logs,
      minimum: 1,
    });
    const client = {
      verifier: createVerifier({ provider: noble, trustStore, transparency }),
      signedCertificateTimestamps: true,
    };
    const scts = [timestampOf(key, promising.certificate)];
    expect(resumed(client, { scts })).toBe(true);
  });

  it("keeps its OCSP response, and is valid as long as that is", () => {
    const client = {
      verifier: createVerifier({ provider: noble, trustStore }),
      ocspStapling: true,
    };
    const responseUntil = (nextUpdate: number) => ({
      ocspResponse: testAuthority().createOcspResponse(promising.certificate, {
        nextUpdate,
      }),
    });
    const short = responseUntil(Date.now() + hour);
    const long = responseUntil(Date.now() + 3 * hour);
    expect(resumed(client, short)).toBe(true);
    expect(resumed(client, long, 1.5 * hour)).toBe(true);
    expect(resumed(client, short, 1.5 * hour, long)).toBe(false);
  });
});
