/** The peers that are programs of ours on other people's libraries. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { builtProgram, SOURCES } from "./built-program.ts";
import { CLASSIC_GROUPS } from "../scenarios/options.ts";
import { ownProgram } from "./own-program.ts";
import {
  installed,
  LATE_AND_EARLY,
  LEGACY,
  suitesLike,
} from "../scenarios/peer.ts";
import type { Feature, Found } from "../scenarios/peer.ts";
import { OPTIONAL_SUITES12 } from "../scenarios/suites.ts";

export function go(): Found {
  const lacks: readonly Feature[] = [
    ...LEGACY,
    ...suitesLike(/CCM|PSK|_DHE_|CBC_SHA384/),
    ...LATE_AND_EARLY,
    "RSA-PSS",
  ];
  const peer = installed(
    ["Go", /go(\d[\d.]*)/, "Debian package golang-go"],
    [["go", "version"]],
    { ...goProgram, lacks: { client: lacks, server: lacks } },
  );
  if ("missing" in peer || !isSince(peer.label, 1, 24)) return peer;
  return {
    ...peer,
    groups: ["X25519MLKEM768", ...CLASSIC_GROUPS],
    rareGroups: isSince(peer.label, 1, 26)
      ? ["SecP256r1MLKEM768", "SecP384r1MLKEM1024"]
      : [],
    // Since then it has an order of its own.
    lacks: {
      client: [...lacks, "a HelloRetryRequest to x25519"],
      server: lacks,
    },
  };
}

const goProgram = ownProgram(
  builtProgram({
    source: "go/peer.go",
    build: (source, folder) => [
      ...["go", "build", "-o", join(folder, "peer"), source],
    ],
    start: (folder) => [join(folder, "peer")],
  }),
);

function isSince(label: string, major: number, minor: number): boolean {
  const [, first = 0, second = 0] = /(\d+)\.(\d+)/.exec(label) ?? [];
  return (
    Number(first) > major ||
    (Number(first) === major && Number(second) >= minor)
  );
}

export function java(): Found {
  const lacks: readonly Feature[] = [
    ...suitesLike(/CCM|PSK/),
    ...LATE_AND_EARLY,
    "encrypt-then-MAC",
    "own Diffie-Hellman parameters",
    "a named Diffie-Hellman group",
  ];
  return installed(
    [
      "Java's SunJSSE",
      /openjdk ([\d.]+)/,
      "Debian package openjdk-17-jdk-headless",
    ],
    [
      ["javac", "--version"],
      ["java", "--version"],
    ],
    {
      ...javaProgram,
      lacks: {
        // Beside x25519 its client sends a share of another curve.
        client: [...lacks, "a HelloRetryRequest from x25519"],
        server: lacks,
      },
    },
  );
}

const javaProgram = ownProgram(
  builtProgram({
    source: "java/Peer.java",
    build: (source, folder) => ["javac", "-d", folder, source],
    start: (folder) => [
      // It does not live long enough for the second compiler to pay.
      ...(["java", "-XX:TieredStopAtLevel=1", "-cp", folder, "Peer"] as const),
    ],
  }),
);

const MBEDTLS_VERSION = "/usr/include/mbedtls/version.h";

/** TLS 1.2 only. */
export function mbedtls(): Found {
  const version = existsSync(MBEDTLS_VERSION)
    ? /VERSION_STRING +"(2\.[\d.]+)"/.exec(
        readFileSync(MBEDTLS_VERSION, "latin1"),
      )?.[1]
    : undefined;
  if (version === undefined)
    return { missing: "mbedTLS 2 is not installed (Debian libmbedtls-dev)" };
  const peer = installed(
    ["mbedTLS", /gcc/, "Debian package gcc"],
    [["gcc", "--version"]],
    {
      ...mbedtlsProgram,
      versions: ["TLSv1.2"],
      lacks: {
        client: ["Ed25519", "RSA-PSS", "a named Diffie-Hellman group"],
        server: ["Ed25519", "RSA-PSS", "a named Diffie-Hellman group"],
      },
    },
  );
  return "missing" in peer ? peer : { ...peer, label: `mbedTLS ${version}` };
}

const mbedtlsProgram = ownProgram(
  builtProgram({
    source: "mbedtls/peer.c",
    build: (source, folder) => [
      ...["gcc", "-O1", "-o", join(folder, "peer"), source],
      ...["-lmbedtls", "-lmbedx509", "-lmbedcrypto"],
    ],
    start: (folder) => [join(folder, "peer")],
  }),
);

export function python(): Found {
  const lacks: readonly Feature[] = [
    ...LEGACY,
    ...suitesLike(/PSK/),
    "early data",
  ];
  return installed(
    ["Python", /^(.+)/, "Debian package python3"],
    {
      working: [
        [
          [
            "python3",
            "-c",
            "import platform, ssl; print(platform.python_version(), 'and', ssl.OPENSSL_VERSION)",
          ],
          /OpenSSL/,
        ],
      ],
    },
    {
      ...ownProgram(() => ["python3", join(SOURCES, "python", "peer.py")]),
      lacks: {
        client: [...lacks, "a HelloRetryRequest to x25519"],
        server: [...lacks, ...suitesLike(/_DHE_/)],
      },
    },
  );
}

const RUST = join(SOURCES, "node_modules", ".rust");
const RUST_PROGRAM = join(RUST, "target", "release", "peer");

const rustProgram = ownProgram(() => [RUST_PROGRAM]);

export function rustls(): Found {
  const text = (folder: string, name: string): string =>
    readFileSync(join(folder, name), "utf8");
  const own = join(SOURCES, "rust");
  const isBuilt =
    existsSync(RUST_PROGRAM) &&
    ["Cargo.toml", "peer.rs"].every(
      (name) => text(own, name) === text(RUST, name),
    );
  if (!isBuilt)
    return { missing: "its program is not built (cargo, and npm run peers)" };
  const [, version = "of unknown version"] =
    /version = "=([\d.]+)"/.exec(text(own, "Cargo.toml")) ?? [];
  const lacks: readonly Feature[] = [
    ...LEGACY,
    ...OPTIONAL_SUITES12,
    ...(["secp521r1", "RSA-PSS"] as const),
  ];
  const peer = installed(["rustls", /^/, "npm run peers"], [[RUST_PROGRAM]], {
    ...rustProgram,
    groups: ["X25519MLKEM768", "x25519", "secp256r1", "secp384r1"],
    rareGroups: ["SecP256r1MLKEM768"],
    lacks: { client: lacks, server: lacks },
    // The curve of such a key would have to be among its groups.
    lacks12: { client: ["ECDSA P-521"], server: [] },
  });
  return "missing" in peer ? peer : { ...peer, label: `rustls ${version}` };
}

export function erlang(): Found {
  const lacks: readonly Feature[] = [
    ...LEGACY,
    ...suitesLike(/PSK/),
    "post-handshake authentication",
  ];
  return installed(
    [
      "Erlang's ssl",
      /^ssl-([\d.]+)/,
      "Debian packages erlang-base and erlang-ssl",
    ],
    {
      working: [
        [
          [
            ...(["erl", "-noinput", "-eval"] as const),
            "io:put_chars(filename:basename(code:lib_dir(ssl))), {ok, _} = application:ensure_all_started(ssl), halt(0).",
          ],
          /^ssl-/,
        ],
      ],
      programs: [["escript"]],
    },
    {
      ...ownProgram(() => ["escript", join(SOURCES, "erlang", "peer.escript")]),
      lacks: {
        // It is told that the connection is closed, but not why.
        // It names no psk_key_exchange_modes before it has a ticket, and so is
        // given none (RFC 9846 4.3.9).
        client: [
          ...lacks,
          ...([
            "alerts after the handshake",
            "resumption",
            "early data",
          ] as const),
        ],
        // Its server resets the connection with such a key.
        server: [...lacks, "RSA-PSS"],
      },
      lacks12: {
        client: ["Ed25519", "x25519"],
        server: ["Ed25519", "x25519"],
      },
    },
  );
}
