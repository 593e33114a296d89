import { describe, expect, it } from "vitest";
import { openTcpHandles, run } from "./support.ts";

const MESSAGES = [
  "ClientHello",
  "ServerHello",
  "EncryptedExtensions",
  "Certificate",
  "CertificateVerify",
  "Finished",
  "Finished",
  "application_data 36 B",
  "application_data 46 B",
  "alert (close_notify)",
  "alert (close_notify)",
];

describe("puretls demo", () => {
  it("shows a whole connection, message by message", async () => {
    const { code, out, err } = await run(["demo"]);
    expect([code, err]).toEqual([0, ""]);
    let at = 0;
    for (const message of MESSAGES) {
      const found = out.indexOf(`-- ${message} `, at);
      const other = out.indexOf(` ${message} `, at);
      expect(Math.max(found, other), message).toBeGreaterThan(at);
      at = other + 1;
    }
    for (const keys of [
      "[server: server_handshake_traffic_secret]",
      "[client: client_handshake_traffic_secret]",
      "[client: client_application_traffic_secret_0]",
    ])
      expect(out).toContain(keys);
    expect(out).toMatch(/^version {7}TLSv1\.3$/m);
    expect(out).toMatch(/^group {9}X25519MLKEM768$/m);
    expect(out).toMatch(/^peer {10}CN=localhost$/m);
    expect(out).toMatch(/^verification {2}ok, a path of 2 certificates$/m);
    expect(out).toMatch(/^answer {8}You said: Hello, server\.$/m);
    expect(out).not.toContain("supported_groups");
    expect(await openTcpHandles()).toEqual([]);
  });

  it("--fields prints the fields of the messages", async () => {
    const { code, out } = await run(["demo", "--fields"]);
    expect(code).toBe(0);
    for (const field of [
      "host_name: localhost [RFC 6066 3]",
      "selected_version: TLSv1.3 [RFC 9846 4.3.1]",
    ])
      expect(out).toContain(field);
  });
});
