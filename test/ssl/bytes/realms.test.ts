/** Bytes of another realm, as a frame or node:vm makes them, do as one's own. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isArrayBuffer, isByteArray, unshared } from "../../../src/bytes.ts";
import { noble as provider } from "../../../src/crypto/noble/index.ts";
import { createEchKey, encodeEchConfigList } from "../../../src/ech/index.ts";
import { checkedPsk } from "../../../src/handshake/sessions/external-psk.ts";
import { readSession } from "../../../src/handshake/sessions/session-check.ts";
import {
  MemoryBIO,
  randBytes,
  SSLContext,
  TicketKeys,
} from "../../../src/index.ts";
import { ProviderCryptoEngine } from "../../../src/pkijs/index.ts";
import { parseChain } from "../../../src/x509/index.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import { sessionOf } from "../../support/tls12.ts";

const foreign = (bytes: Uint8Array): Uint8Array =>
  runInNewContext("Uint8Array.from(bytes)", {
    bytes: [...bytes],
  }) as Uint8Array;
const foreignBuffer = (bytes: Uint8Array): ArrayBuffer =>
  runInNewContext("Uint8Array.from(bytes).buffer", {
    bytes: [...bytes],
  }) as ArrayBuffer;

const some = Uint8Array.of(1, 2, 3);

describe("bytes of another realm", () => {
  it("are told from what only looks like them", () => {
    expect(foreign(some)).not.toBeInstanceOf(Uint8Array);
    expect(isByteArray(foreign(some))).toBe(true);
    expect(isByteArray(Buffer.from(some))).toBe(true);
    expect(isArrayBuffer(foreignBuffer(some))).toBe(true);
    const forged = { length: 3, [Symbol.toStringTag]: "Uint8Array" };
    for (const no of [forged, null, undefined, 7, "x", new Uint16Array(1)])
      expect(isByteArray(no)).toBe(false);
    expect(isByteArray(new DataView(new ArrayBuffer(1)))).toBe(false);
    expect(isByteArray(runInNewContext("new Uint16Array(1)"))).toBe(false);
  });

  it("come out of a BIO as this realm's", () => {
    const bio = new MemoryBIO();
    bio.write(foreign(some));
    expect(bio.read()).toEqual(some);
    bio.write(foreignBuffer(some));
    expect(bio.read()).toEqual(some);
  });

  it("are a pre-shared key", () => {
    const psk = checkedPsk({ identity: foreign(some), key: foreign(some) });
    expect(psk.identity).toEqual(some);
    expect(psk.key).toEqual(some);
    expect(psk.key).toBeInstanceOf(Uint8Array);
  });

  it("are in a session from a store", () => {
    const server = testServerConfig({
      ticketKeys: new TicketKeys({ provider }),
    });
    const session = sessionOf(shuttle(newPair(testClientConfig(), server)));
    if (session === undefined) throw new Error("no session");
    const { protocol } = server;
    expect(readSession(session, protocol)).toBeDefined();
    const stored = { ...session, ticket: foreign(session.ticket) };
    expect(readSession(stored, protocol)?.ticket).toEqual(session.ticket);
    const list = { ...session, ticket: [...session.ticket] };
    expect(readSession(list, protocol)).toBeUndefined();
  });

  it("are an ECH config", () => {
    const { config } = createEchKey({ provider, publicName: "a.example" });
    expect(encodeEchConfigList([foreign(config)])).toEqual(
      encodeEchConfigList([config]),
    );
  });

  it("are certificates, DER or PEM, in any kind of array", () => {
    const { certificatePem } = testServer();
    const pem = new TextEncoder().encode(certificatePem);
    const [wanted] = parseChain(certificatePem);
    for (const source of [
      pem,
      foreign(pem),
      foreignBuffer(pem),
      foreign(wanted?.der ?? some),
    ])
      expect(parseChain(source)[0]?.der).toEqual(wanted?.der);
    const context = new SSLContext();
    const ca = new TextEncoder().encode(testAuthority().pem);
    context.loadVerifyLocations({ ca: foreign(ca) });
    expect(context.certStoreStats().x509Ca).toBe(1);
  });

  it("are a key of the crypto engine", async () => {
    const { subtle } = new ProviderCryptoEngine(provider).crypto;
    const [leaf] = parseChain(testServer().certificatePem);
    const spki = leaf?.subjectPublicKeyInfoDer ?? some;
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await subtle.importKey(
      "spki",
      foreignBuffer(spki),
      algorithm,
      true,
      ["verify"],
    );
    expect(key.type).toBe("public");
  });
});

describe("bytes in shared memory", () => {
  it("are copied before they are returned", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    shared.set(some);
    const own = unshared(shared);
    expect(own).toEqual(some);
    expect(own.buffer).toBeInstanceOf(ArrayBuffer);
    expect(unshared(some)).toBe(some);
    const random = { ...provider, random: () => shared };
    expect(randBytes(3, random).buffer).toBeInstanceOf(ArrayBuffer);
  });
});
