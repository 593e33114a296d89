/** Checks a finished handshake against the flags that begin with `expect-`. */
import { createHash } from "node:crypto";
import { concatAll, equal, NO_BYTES } from "../../src/bytes.ts";
import {
  GROUPS,
  readImportedIdentity,
  SIGNATURE_SCHEMES,
} from "../../src/engine/index.ts";
import type { ConnectionInfo } from "../../src/engine/index.ts";
import type { Connection } from "./connection.ts";
import { certificatesOf, timestampsOf } from "./credentials.ts";
import type { Flags } from "./flags.ts";
import { expect } from "./outcome.ts";
import type { Seen, Setting } from "./settings.ts";

const VERSIONS = { "TLSv1.2": 0x0303, "TLSv1.3": 0x0304 } as const;

/** @throws Mismatch */
export function checkHandshake(setting: Setting, info: ConnectionInfo): void {
  const { flags, loaded, seen } = setting;
  checkResumed(setting, info);
  checkNegotiated(flags, info);
  checkNames(flags, info);
  checkPeer(flags, info);
  if (flags["expect-verify-result"]) checkVerified(flags, info, seen);
  // What was agreed or shown on an earlier connection is not shown again.
  if (!info.resumed) {
    checkStapled(flags, seen);
    checkScheme(flags, info);
  }
  const number = flags["expect-selected-credential"];
  if (number !== undefined) {
    const used =
      info.pskIdentity === undefined
        ? loaded.find((one) => one.credential === info.credential)?.number
        : numberOfPsk(flags, info.pskIdentity);
    expect((used ?? -1) === number, `credential ${used ?? "none"}`);
  }
}

/** The credential whose key was imported under that name (RFC 9258). */
function numberOfPsk(flags: Flags, name: Uint8Array): number {
  const imported = readImportedIdentity(name);
  return flags.credentials.findIndex(
    (one) =>
      one.kind === "PreSharedKey" &&
      imported !== undefined &&
      equal(
        one["psk-importer-identity"] ?? NO_BYTES,
        imported.externalIdentity,
      ) &&
      equal(one["psk-importer-context"] ?? NO_BYTES, imported.context),
  );
}

function checkNegotiated(flags: Flags, info: ConnectionInfo): void {
  const suite = info.cipherSuite.code;
  same(flags["expect-version"], VERSIONS[info.version], "version");
  same(flags["expect-cipher"], suite, "cipher suite");
  // The shim's list has AES first, as BoringSSL's with instructions for it.
  same(flags["expect-cipher-aes"], suite, "cipher suite");
  // A resumed connection of TLS 1.2 has no exchange of its own.
  if (info.group !== undefined || !info.resumed)
    same(flags["expect-curve-id"], info.group && GROUPS[info.group], "group");
  if (flags["expect-hrr"]) expect(info.helloRetried, "no HelloRetryRequest");
  // A hello that another server opened is no acceptance to BoringSSL.
  if (!flags.server || flags["ech-server-config"] !== undefined)
    expect(
      flags["expect-ech-accept"] === (info.encryptedClientHello ?? false),
      "encrypted hello",
    );
  // TLS 1.3 has none that would be insecure; of TLS 1.2 nothing is told.
  if (flags["expect-secure-renegotiation"])
    expect(info.version === "TLSv1.3", "secure renegotiation");
  if (flags["expect-no-hrr"]) expect(!info.helloRetried, "HelloRetryRequest");
}

function checkScheme(
  flags: Flags,
  { peerSignatureScheme: name }: ConnectionInfo,
): void {
  const code = name && SIGNATURE_SCHEMES[name].code;
  same(flags["expect-peer-signature-algorithm"], code, "scheme");
}

function checkNames(flags: Flags, info: ConnectionInfo): void {
  const { alpnProtocol, serverName } = info;
  const wanted = flags.server ? flags["select-alpn"] : flags["expect-alpn"];
  expect(
    (alpnProtocol ?? "") === (wanted ?? ""),
    `ALPN ${String(alpnProtocol)}`,
  );
  same(flags["expect-server-name"], serverName, "server name");
  if (flags["expect-no-server-name"])
    expect(serverName === undefined, "a server name");
}

function checkPeer(flags: Flags, info: ConnectionInfo): void {
  const { peer, peerRawPublicKey: bare } = info;
  same(flags["expect-peer-certificate-type"], bare ? 2 : 0, "type of peer");
  const hash = flags["expect-peer-rpk-sha256"];
  if (hash !== undefined)
    expect(
      bare !== undefined &&
        equal(createHash("sha256").update(bare.der).digest(), hash),
      "another raw public key",
    );
  else if (
    flags["expect-no-peer-cert"] ||
    flags.psk !== undefined ||
    info.pskIdentity !== undefined
  )
    expect(peer === undefined, "a certificate of the peer");
  else if (!flags.server || flags["require-any-client-certificate"])
    expect(peer !== undefined, "no certificate of the peer");
  const file = flags["expect-peer-cert-file"];
  if (file === undefined) return;
  const expected = certificatesOf(file);
  const received = peer?.received ?? [];
  expect(
    received.length === expected.length &&
      received.every(({ der }, i) => equal(der, expected[i] ?? der)),
    "other certificates",
  );
}

/**
 * A peer of this connection was validated, with what the flags say to its
 * certificate, and nobody was where there is no peer. A session may bring its peer.
 */
function checkVerified(
  flags: Flags,
  { peer, resumed }: ConnectionInfo,
  { isRefused }: Seen,
): void {
  if (resumed && isRefused === undefined) return;
  const wanted = peer === undefined ? undefined : flags["verify-fail"];
  expect(isRefused === wanted, `result of verifying: ${String(isRefused)}`);
}

/** @throws Mismatch */
export function checkVerifiedName(flags: Flags, { name }: Seen): void {
  same(flags["expect-ech-name-override"], name, "name verified");
  if (flags["expect-no-ech-name-override"])
    expect(name === flags["host-name"], `name verified ${String(name)}`);
}

function checkStapled(flags: Flags, { peer }: Seen): void {
  const {
    "expect-ocsp-response": response,
    "expect-signed-cert-timestamps": list,
  } = flags;
  if (response)
    expect(equal(response, peer?.ocspResponse ?? NO_BYTES), "OCSP response");
  if (list)
    expect(
      equal(concatAll(timestampsOf(list)), concatAll(peer?.scts ?? [])),
      "timestamps",
    );
}

function checkResumed(
  { flags, isResumption }: Setting,
  { resumed, earlyData }: ConnectionInfo,
): void {
  const wanted = isResumption && !flags["expect-session-miss"];
  expect(resumed === wanted, `resumed: ${String(resumed)}`);
  if (flags["expect-accept-early-data"])
    expect(earlyData === "accepted", `early data ${earlyData}`);
  if (flags["expect-reject-early-data"])
    expect(earlyData !== "accepted", `early data ${earlyData}`);
}

/** Checks the sessions, once the peer has sent all its messages. */
export function checkSessions(
  { flags, memory }: Setting,
  { sessions }: Connection,
  { version, resumed }: ConnectionInfo,
): void {
  if (flags["expect-session-id"]) expect(memory.stored, "no session stored");
  if (flags["expect-no-session-id"]) expect(!memory.stored, "session stored");
  if (flags.server) return;
  const renewed =
    version === "TLSv1.3"
      ? !flags["shim-shuts-down"]
      : !resumed || flags["expect-ticket-renewal"];
  const wanted = !flags["expect-no-session"] && renewed;
  // A shim that shuts down reads no tickets, unless they came with the rest.
  const mayHave = flags.late && flags["shim-shuts-down"];
  expect(
    mayHave || wanted === sessions.length > 0,
    `${sessions.length} sessions`,
  );
  const last = sessions.at(-1);
  const early = last?.version === "TLSv1.3" && last.maxEarlyData > 0;
  if (last !== undefined)
    expect(
      flags["expect-ticket-supports-early-data"] === early,
      `a ticket for early data: ${String(early)}`,
    );
  if (flags["expect-extended-master-secret"] && last?.version === "TLSv1.2")
    expect(last.extendedMainSecret, "no extended main secret");
}

function same<T>(wanted: T | undefined, found: T, what: string): void {
  if (wanted !== undefined)
    expect(wanted === found, `${what} ${String(found)}, not ${String(wanted)}`);
}
