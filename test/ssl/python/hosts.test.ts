/** Names of hosts: encoded as browsers do it, and IPv6 in brackets. */
import { domainToASCII } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  certificateMatchesHost,
  decodeCertificate,
  domainToAscii,
  MemoryBIO,
  SSLContext,
  SSLError,
  X509Error,
  pemCertToDerCert,
} from "../../../src/index.ts";
import { connect, serve } from "../../../src/net/node.ts";
import { testAuthority, testServer } from "../../support/pki.ts";

const hostnameOf = (name: string) =>
  new SSLContext().wrapBio(new MemoryBIO(), new MemoryBIO(), {
    serverHostname: name,
  }).serverHostname;

const NAMES = [
  "\uff25\uff38ample.com",
  "\ufb01.com",
  "\u2167.com",
  "\u0391\u03a3.gr",
  "k\u00f6nigsg\u00e4\u00dfchen.de",
  "e\u0301.com",
  "a\u3002b\u00e9.com",
  "\u0130stanbul.com",
  "K\u00d6NIG.de",
];
const REFUSED = [
  "a\u200db.c\u00e9",
  "a\u200cb.c\u00e9",
  "\u00e9%41.com",
  "\u00e9/a",
];

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("host names", () => {
  it.each(NAMES)("X-104: %s is encoded as WHATWG does it", (name) => {
    expect(domainToAscii(name)).toBe(domainToASCII(name));
    expect(hostnameOf(name)).toBe(domainToASCII(name));
  });

  it.each(REFUSED)("X-104: %j is refused", (name) => {
    expect(() => hostnameOf(name)).toThrow(RangeError);
  });

  it("X-104: without a URL in the runtime the common cases are the same", () => {
    const wanted = NAMES.slice(1).map((name) => domainToASCII(name));
    vi.stubGlobal("URL", undefined);
    expect(
      NAMES.slice(1).map((name) => domainToAscii(name).toLowerCase()),
    ).toEqual(wanted);
    expect(() => domainToAscii("a\u200db.c\u00e9")).toThrow(RangeError);
  });

  it("X-104: ASCII stays as it is", () => {
    for (const name of ["Example.COM", "_a.test", "xn--knig-5qa.de", "a."])
      expect(domainToAscii(name)).toBe(name);
  });

  it("C-09 X-39: an IPv6 literal in the brackets of a URL", async () => {
    expect(hostnameOf(new URL("https://[::1]/").hostname)).toBe("::1");
    expect(hostnameOf("[1::2]")).toBe("1::2");
    const { certificatePem: cert, keyPem: key } = testServer();
    const server = await serve({ host: "[::1]", cert, key });
    const [client, { socket }] = await Promise.all([
      connect({ host: "[::1]", port: server.port, ca: testAuthority().pem }),
      server.accept(),
    ]);
    expect(client.serverHostname).toBe("::1");
    await Promise.all([client.close(), socket.close(), server.close()]);
  });
});

describe("certificates without a connection", () => {
  it("C-11: the common name counts where it is asked for", () => {
    const cert = { subject: [[["commonName", "example.com"]]] } as const;
    expect(certificateMatchesHost(cert, "example.com")).toBe(false);
    const options = { checkCommonName: true };
    expect(certificateMatchesHost(cert, "example.com", options)).toBe(true);
    expect(certificateMatchesHost(cert, "example.org", options)).toBe(false);
    const named = { ...cert, subjectAltName: [["DNS", "a.test"]] } as const;
    expect(certificateMatchesHost(named, "example.com", options)).toBe(false);
  });

  it("P-04: one is decoded from PEM and DER without its key", () => {
    const ca = testAuthority();
    expect(decodeCertificate(ca.pem)).toEqual(decodeCertificate(ca.der));
    expect(() => decodeCertificate("none")).toThrow(SSLError);
  });

  it("C-18: base64 that is none is an error of an exported class", () => {
    const pem =
      "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    expect(() => pemCertToDerCert(pem)).toThrow(X509Error);
  });

  it("L-12: ML-KEM alone is a group", () => {
    const context = new SSLContext();
    context.setGroups("MLKEM768:MLKEM1024:X25519");
    expect(context.getGroups()).toEqual(["MLKEM768", "MLKEM1024", "x25519"]);
  });
});
