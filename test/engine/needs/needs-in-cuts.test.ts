/**
 * Needs, in every cut of the bytes that come before and meanwhile: each need of
 * the engine answered late, never, twice and wrongly, on either side and in
 * either version; and several certificates, chosen by the client's
 * signature_algorithms.
 */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type Answer,
  type ClientOptions,
  type Need,
  type ServerOptions,
  type Session,
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { verifiedByCaller } from "../../../src/x509/index.ts";
import { type CutPair, sameKeys, World } from "../../support/cuts.ts";
import { testCredential, testVerifier } from "../../support/engines.ts";
import { type KeyKind, testClient, testServer } from "../../support/pki.ts";

type Role = "client" | "server";
const VERSIONS = ["TLSv1.3", "TLSv1.2"] as const;
type Version = (typeof VERSIONS)[number];

const psk = { identity: asciiBytes("me"), key: new Uint8Array(32).fill(7) };
const asked = (role: Role) =>
  ({ ...testCredential("ec-p256", role), key: RAISE_NEED }) as const;

/** A connection in which that one need comes up, on that side. */
interface Waiting {
  readonly role: Role;
  readonly need: Need["type"];
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
}

const clientShows = {
  credentials: [testCredential("ec-p256", "client")],
};
const required = { clientAuthentication: "required" } as const;

const WAITING: readonly Waiting[] = [
  {
    role: "client",
    need: "verify",
    client: { verifier: RAISE_NEED },
    server: {},
  },
  {
    role: "server",
    need: "verify",
    client: clientShows,
    server: { ...required, verifier: RAISE_NEED },
  },
  {
    role: "server",
    need: "sign",
    client: {},
    server: { credentials: [asked("server")] },
  },
  {
    role: "client",
    need: "sign",
    client: { credentials: [asked("client")] },
    server: required,
  },
  {
    role: "server",
    need: "certificate",
    client: {},
    server: { credentials: RAISE_NEED },
  },
  {
    role: "client",
    need: "certificate",
    client: { credentials: RAISE_NEED },
    server: required,
  },
];

function common(version: Version) {
  return {
    versions: [version],
    groups: ["x25519", "secp256r1"],
  } as const;
}

/** Begins, and carries on whole until the need is there. */
function begin(version: Version, waiting: Waiting): CutPair {
  const { client, server } = waiting;
  return new World().pair(
    { ...common(version), ...client },
    { ...common(version), ...server },
  );
}

function rightAnswer(need: Need, role: Role): Answer {
  switch (need.type) {
    case "verify": {
      const chain = testVerifier().verify(need.peer, need.context);
      return { type: "verified", chain };
    }
    case "sign": {
      const { key } = role === "client" ? testClient() : testServer();
      const sign = noble.signers[SIGNATURE_SCHEMES[need.scheme].signature];
      if (!sign) throw new Error("no signer");
      const random = (length: number) => new Uint8Array(length).fill(5);
      return { type: "signed", signature: sign(key, need.content, random) };
    }
    case "certificate":
      return {
        type: "certificate_chosen",
        credentials: [testCredential("ec-p256", role)],
      };
    case "session":
      return { type: "session_found", session: undefined };
    case "psk":
      return { type: "psk_found", psk };
    case "strike":
      return { type: "struck", first: true };
  }
}

/** Answers of every other kind, and such of the right kind as say nonsense. */
function wrongAnswers(need: Need): readonly Answer[] {
  const all: readonly Answer[] = [
    { type: "signed", signature: new Uint8Array(70) },
    { type: "certificate_chosen", credentials: [] },
    { type: "session_found", session: undefined },
    { type: "psk_found", psk },
    { type: "struck", first: true },
    {
      type: "verified",
      chain: verifiedByCaller(
        { certificates: testServer("rsa").chain },
        { purpose: "serverAuth", serverName: undefined, now: 0 },
      ),
    },
  ];
  const fitting = {
    verify: "none: other certificates are refused too",
    sign: "signed",
    certificate: "certificate_chosen",
    session: "session_found",
    psk: "psk_found",
    strike: "struck",
  }[need.type];
  return all.filter(({ type }) => type !== fitting);
}

describe.each(VERSIONS)("needs of %s", (version) => {
  const titled = WAITING.map(
    (one) => [`${one.role}: ${one.need}`, one] as const,
  );

  it.each(titled)("%s, answered late", (_title, waiting) => {
    const pair = begin(version, waiting);
    let told = 0;
    pair.carry((need, role) => {
      expect([role, need.type]).toEqual([waiting.role, waiting.need]);
      // Not at once: what comes meanwhile waits its turn, in whatever cuts.
      told++;
      return rightAnswer(need, role);
    });
    expect(told).toBe(1);
    expect(pair.failure).toBeUndefined();
    expect(sameKeys(pair)).toBe(true);
    const needs = pair
      .events(waiting.role)
      .filter(({ type }) => type === "need");
    expect(needs).toHaveLength(1);
  });

  it.each(titled)("%s, answered wrongly and twice", (_title, waiting) => {
    const pair = begin(version, waiting).carryWhole();
    const engine = pair[waiting.role];
    const { need, state } = engine;
    if (need === undefined) throw new Error("nothing waits");
    for (const answer of wrongAnswers(need)) {
      expect(() => {
        engine.resume(answer);
      }).toThrow(TlsUsageError);
      expect([engine.state, engine.need]).toEqual([state, need]);
      expect(engine.hasOutput).toBe(false);
    }
    const right = rightAnswer(need, waiting.role);
    engine.resume(right);
    expect(() => {
      engine.resume(right);
    }).toThrow(TlsUsageError);
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(sameKeys(pair)).toBe(true);
  });

  it.each(titled)("%s, never answered", (_title, waiting) => {
    const pair = begin(version, waiting).carryWhole();
    const engine = pair[waiting.role];
    expect(engine.need?.type).toBe(waiting.need);
    expect(engine.info === undefined).toBe(true);
    expect(engine.canWrite).toBe(false);
    // The peer may go on for a while; it is neither read nor kept for ever.
    engine.receive(new Uint8Array(200_000));
    expect(engine.error).toBeUndefined();
    engine.receive(new Uint8Array(200_000));
    expect(engine.error?.reason).toBe("too_much_input_while_waiting");
    expect(engine.need).toBeUndefined();
    expect(() => {
      engine.resume({ type: "refused", error: undefined });
    }).toThrow(TlsUsageError);
  });

  it.each(titled)("%s, refused, and given up", (_title, waiting) => {
    const pair = begin(version, waiting).carryWhole();
    pair[waiting.role].resume({
      type: "refused",
      error: new Error("no"),
      alert: "access_denied",
    });
    pair.carry();
    expect(pair.client.error?.alert).toBe("access_denied");
    expect(pair.server.error?.alert).toBe("access_denied");
    const left = begin(version, waiting).carryWhole();
    left[waiting.role].close();
    left[waiting.role].receiveEof();
    left.carry();
    expect(left[waiting.role].info === undefined).toBe(true);
  });
});

describe("sessions that are looked up elsewhere", () => {
  it.each(VERSIONS)("%s: in cuts, late, wrongly and twice", (version) => {
    const world = new World();
    const server = { ...common(version), sessionStore: RAISE_NEED } as const;
    const first = world.pair(common(version), server).carryWhole();
    const kept = first
      .events("server")
      .flatMap((e) => (e.type === "store_session" ? [e] : []));
    const session: Session = first.session();
    const pair = world.pair({ ...common(version), session }, server);
    pair.deliver(pair.server, pair.client.takeOutput());
    const { need } = pair.server;
    if (need?.type !== "session") throw new Error("no session is asked for");
    for (const answer of wrongAnswers(need))
      expect(() => {
        pair.server.resume(answer);
      }).toThrow(TlsUsageError);
    const found = kept.find(({ id }) => String(id) === String(need.id));
    const answer = { type: "session_found", session: found?.session } as const;
    pair.server.resume(answer);
    expect(() => {
      pair.server.resume(answer);
    }).toThrow(TlsUsageError);
    pair.carry();
    expect(pair.failure).toBeUndefined();
    expect(pair.server.info?.resumed).toBe(true);
    expect(sameKeys(pair)).toBe(true);
  });
});

describe("after the handshake", () => {
  it("choice, signature and judgement wait, in cuts and with data", () => {
    const pair = new World()
      .pair(
        { postHandshakeAuth: true, credentials: RAISE_NEED },
        {
          verifier: RAISE_NEED,
          clientAuthentication: "optional",
          postHandshakeAuth: true,
        },
      )
      .carryWhole();
    pair.server.requestCertificate();
    const told: string[] = [];
    pair.carry((need, role) => {
      told.push(`${role} ${need.type}`);
      if (need.type === "certificate")
        return {
          type: "certificate_chosen",
          credentials: [asked("client")],
        };
      return rightAnswer(need, role);
    });
    expect(told).toEqual([
      "client certificate",
      "client sign",
      "server verify",
    ]);
    expect(pair.failure).toBeUndefined();
    expect(pair.server.info?.peer?.leaf.der).toEqual(testClient().chain[0]);
  });
});

describe("early data that comes while something waits", () => {
  const EARLY = asciiBytes("early");

  /** A client with a session, and a server whose store is a need. */
  function comingBack() {
    const world = new World();
    const server = { sessionStore: RAISE_NEED, maxEarlyData: 100 } as const;
    const first = world.pair({}, server).carryWhole();
    const kept = first
      .events("server")
      .flatMap((e) => (e.type === "store_session" ? [e] : []));
    const session = first.session();
    const pair = world.pair({ session, earlyData: true }, server);
    pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    expect(pair.server.need?.type).toBe("session");
    expect(pair.data("server", "early_data")).toHaveLength(0);
    pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    const { need } = pair.server;
    const found = kept.find(
      ({ id }) => need?.type === "session" && String(id) === String(need.id),
    );
    return { pair, session: found?.session };
  }

  it("is accepted once the session is found", () => {
    const { pair, session } = comingBack();
    pair.server.resume({ type: "session_found", session });
    expect(pair.data("server", "early_data")).toEqual(
      Uint8Array.of(...EARLY, ...EARLY),
    );
    pair.carry();
    expect(pair.client.info?.earlyData).toBe("accepted");
    expect(sameKeys(pair)).toBe(true);
  });

  it("is passed over when there is none", () => {
    const { pair } = comingBack();
    pair.server.resume({ type: "session_found", session: undefined });
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(pair.data("server", "early_data")).toHaveLength(0);
    expect(pair.client.info).toMatchObject({
      earlyData: "rejected",
      resumed: false,
    });
    expect(sameKeys(pair)).toBe(true);
  });

  it("has its limit while no answer comes", () => {
    const { pair } = comingBack();
    const record = Uint8Array.of(23, 3, 3, 0x40, 0, ...new Uint8Array(16_384));
    for (let i = 0; i < 17; i++) pair.server.receive(record);
    expect(pair.server.error?.reason).toBe("too_much_input_while_waiting");
  });
});

describe("needs after the handshake", () => {
  const asking = () => {
    const pair = new World()
      .pair(
        { postHandshakeAuth: true, credentials: RAISE_NEED },
        {
          verifier: RAISE_NEED,
          clientAuthentication: "optional",
          postHandshakeAuth: true,
        },
      )
      .carryWhole();
    pair.server.requestCertificate();
    return pair.carryWhole();
  };

  it("answered wrongly and twice, they move nothing", () => {
    const pair = asking();
    for (const role of ["client", "client", "server"] as const) {
      const engine = pair[role];
      const { need, state } = engine;
      if (need === undefined) throw new Error(`${role} waits for nothing`);
      for (const answer of wrongAnswers(need)) {
        expect(() => {
          engine.resume(answer);
        }).toThrow(TlsUsageError);
        expect(engine.state).toBe(state);
      }
      const right: Answer =
        need.type === "certificate"
          ? { type: "certificate_chosen", credentials: [asked("client")] }
          : rightAnswer(need, role);
      engine.resume(right);
      if (engine.need === undefined)
        expect(() => {
          engine.resume(right);
        }).toThrow(TlsUsageError);
      pair.carryWhole();
    }
    expect(pair.failure).toBeUndefined();
    expect(pair.server.info?.peer?.leaf.der).toEqual(testClient().chain[0]);
  });

  it("never answered, they hold what comes, up to the limit", () => {
    const pair = asking();
    expect(pair.client.need?.type).toBe("certificate");
    // Data of this side still goes out; the peer's waits behind the request.
    pair.client.write(asciiBytes("still here"));
    pair.carryWhole();
    expect(pair.data("server")).toEqual(asciiBytes("still here"));
    for (let i = 0; i < 20; i++) pair.server.write(new Uint8Array(16_000));
    pair.carryWhole();
    expect(pair.client.error?.reason).toBe("too_much_input_while_waiting");
  });
});

interface Choice {
  readonly schemes: readonly SignatureSchemeName[];
  readonly shown: KeyKind;
}

/** The server has one certificate of each kind, in this order. */
const KINDS: readonly KeyKind[] = ["ed25519", "ec-p256", "rsa", "ec-p384"];

const CHOICES: readonly Choice[] = [
  { schemes: ["ed25519", "ecdsa_secp256r1_sha256"], shown: "ed25519" },
  { schemes: ["ecdsa_secp256r1_sha256"], shown: "ec-p256" },
  { schemes: ["rsa_pss_rsae_sha256"], shown: "rsa" },
  { schemes: ["ecdsa_secp384r1_sha384"], shown: "ec-p384" },
];

describe("several certificates", () => {
  it.each(CHOICES)("$schemes: $shown", ({ schemes, shown }) => {
    // What signs the chain is not the question here.
    const client = { signatureSchemes: schemes };
    const pair = new World().pair(client, {
      credentials: KINDS.map((kind) => testCredential(kind)),
    });
    pair.deliver(pair.server, pair.client.takeOutput());
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(pair.client.info?.peer?.leaf.der).toEqual(
      testServer(shown).chain[0],
    );
    expect(pair.client.info?.peerSignatureScheme).toBe(schemes[0]);
  });
});
