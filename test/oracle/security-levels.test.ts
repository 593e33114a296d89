/**
 * OpenSSL's security levels, 0 to 5: what a side offers, accepts and presents, in
 * both roles, next to CPython with the same configuration.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node as provider } from "../../src/crypto/node.ts";
import { ffdheParameters } from "../../src/crypto/ffdhe.ts";
import { CIPHER_SUITES, GROUPS } from "../../src/engine/index.ts";
import { SSLContext } from "../../src/index.ts";
import { SIGNATURE_SCHEMES } from "../../src/handshake/registries/signature-schemes.ts";
import { encodePem } from "../../src/x509/index.ts";
import { sequence, unsignedInteger } from "../../src/pki/der/asn1.ts";
import { Reader } from "../../src/wire/reader.ts";
import { THOROUGH } from "../support/thorough.ts";
import { hasOpenssl } from "../support/openssl-certs.ts";
import { type Argument, type Call, kept } from "./ours.ts";
import { describePython, type Outcome, PythonSsl } from "./python.ts";
import { ourMaker, pythonMaker, type Setup, type Side } from "./sides.ts";

const LEVELS = [0, 1, 2, 3, 4, 5] as const;
const VERSIONS = ["TLSv1_3", "TLSv1_2"] as const;
type Role = "client" | "server";

/** Everything above the leaves is strong enough for level 5. */
const MAKE = `
set -e
printf 'basicConstraints=critical,CA:true\\n' > ca.ext
printf 'keyUsage=critical,digitalSignature,keyEncipherment\\nsubjectAltName=DNS:server.test\\n' > leaf.ext
key() { case $2 in rsa*) openssl genrsa -out $1.key \${2#rsa};; ed*) openssl genpkey -algorithm $2 -out $1.key;; *) openssl ecparam -name $2 -genkey -noout -out $1.key;; esac; }
sign() { openssl req -new -key $1.key -subj /CN=$1 -out $1.csr; openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -CAcreateserial -$2 -days 300 -extfile $4 -out $1.pem; }
issue() { key $1 $2; sign $1 $3 $4 $5.ext; }
key root secp521r1; openssl req -x509 -new -key root.key -sha512 -days 300 -subj /CN=root -out root.pem
issue mid secp521r1 sha512 root ca
issue midsha1 secp521r1 sha1 root ca
issue mid1024 rsa1024 sha512 root ca
issue rsa1024 rsa1024 sha512 mid leaf
issue rsa2048 rsa2048 sha512 mid leaf
issue rsa3072 rsa3072 sha512 mid leaf
issue p256 prime256v1 sha512 mid leaf
issue p384 secp384r1 sha512 mid leaf
issue p521 secp521r1 sha512 mid leaf
issue ed ed25519 sha512 mid leaf
for d in sha1 sha256 sha384; do issue by$d secp521r1 $d mid leaf; done
issue undersha1 secp521r1 sha512 midsha1 leaf
issue under1024 secp521r1 sha512 mid1024 leaf
`;

const folder = mkdtempSync(join(tmpdir(), "puretls-levels-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const text = (name: string): string => readFileSync(join(folder, name), "utf8");

/** Each chain by its leaf, with what stands above it. */
const CHAINS = {
  rsa1024: "mid",
  rsa2048: "mid",
  rsa3072: "mid",
  p256: "mid",
  p384: "mid",
  p521: "mid",
  ed: "mid",
  bysha1: "mid",
  bysha256: "mid",
  bysha384: "mid",
  undersha1: "midsha1",
  under1024: "mid1024",
} as const;
type Chain = keyof typeof CHAINS;

const file = (content: string): Argument => ({ file: content });
const constant = (name: string): Argument => ({ constant: name });
const chainCall = (leaf: Chain): Call => [
  "load_cert_chain",
  file(text(`${leaf}.pem`) + text(`${CHAINS[leaf]}.pem`)),
  file(text(`${leaf}.key`)),
];
const trustCall = (): Call => ["load_verify_locations", file(text("root.pem"))];
const ciphers = (list: string, level: number): Call => [
  "set_ciphers",
  `${list}:@SECLEVEL=${level.toString()}`,
];

const client = (...calls: Call[]): Setup => ({
  provider,
  calls,
  wrap: { server_hostname: "server.test" },
});
const server = (...calls: Call[]): Setup => ({
  provider,
  protocol: "PROTOCOL_TLS_SERVER",
  calls,
  wrap: { server_side: true },
});
const of = (version: string, setup: Setup): Setup => ({
  ...setup,
  set: [
    ...(setup.set ?? []),
    ["maximum_version", constant(`TLSVersion.${version}`)],
    ...(version === "TLSv1_3"
      ? ([["minimum_version", constant("TLSVersion.TLSv1_3")]] as const)
      : []),
  ],
});

/** Both roles in the thorough run; otherwise each with one version. */
const rolesOf = (version: (typeof VERSIONS)[number]): readonly Role[] =>
  THOROUGH
    ? ["client", "server"]
    : [version === "TLSv1_3" ? "client" : "server"];

const isWant = (outcome: Outcome): boolean =>
  "error" in outcome && outcome.error.startsWith("SSLWant");

/** The outcome of a handshake for one side: done, or what ended it. */
async function handshakeOf(judge: Side, peer: Side): Promise<string> {
  for (let i = 0; i < 8; i++) {
    for (const side of [judge, peer]) {
      const outcome = await side.call("do_handshake");
      if (side === judge && "error" in outcome && !isWant(outcome))
        return `${outcome.reason ?? outcome.error} ${String(outcome.verifyCode)}`;
      await peer.feed(await judge.drain());
      await judge.feed(await peer.drain());
    }
  }
  // A server of TLS 1.3 judges its client behind its own Finished.
  const last = await judge.call("read", 1);
  return "error" in last && !isWant(last)
    ? `${last.reason ?? last.error} ${String(last.verifyCode)}`
    : "done";
}

const DEFAULTS = new SSLContext();
/** OpenSSL's default groups, those that this library has too. */
const OPENSSL_GROUPS = `x25519:P-256:x448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192`;

/** The lists of a ClientHello, in its order. */
function listsOf(record: Uint8Array) {
  const hello = new Reader(record.subarray(9), "hello");
  hello.bytes(34);
  hello.opaque8();
  const words = (bytes: Uint8Array): number[] =>
    Array.from(
      { length: bytes.length / 2 },
      (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
    );
  const suites = words(hello.opaque16());
  hello.opaque8();
  const extensions = new Map<number, Uint8Array>();
  const list = new Reader(hello.opaque16(), "extensions");
  while (list.left > 0) extensions.set(list.u16(), list.opaque16());
  const inner = (type: number): number[] =>
    words(extensions.get(type)?.subarray(2) ?? new Uint8Array(0));
  return {
    suites,
    groups: inner(10),
    schemes: inner(13),
    tickets: extensions.has(35),
  };
}

/** Code points that both know and that either has on: the level alone decides. */
const known = (
  codes: readonly number[],
  table: Readonly<Record<string, number>>,
  others: readonly number[],
) => {
  const own = new Set(Object.values(table));
  return codes.filter((code) => own.has(code) && others.includes(code)).sort();
};
const codesOf = (
  table: Readonly<Record<string, { readonly code: number }>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(table).map(([k, { code }]) => [k, code]));

describe.runIf(hasOpenssl())("OpenSSL's security levels", () => {
  beforeAll(() => {
    execFileSync("bash", ["-c", MAKE], { cwd: folder, stdio: "ignore" });
  }, 240_000);

  describePython("levels", (interpreter) => {
    let python: PythonSsl;
    beforeAll(() => {
      python = new PythonSsl(interpreter);
    });
    afterAll(() => {
      python.end();
    });

    /** The first flight of a client of ours or of theirs. */
    async function helloOf(isOurs: boolean, level: number, version: string) {
      const make = isOurs ? ourMaker : pythonMaker(python);
      const setup = of(version, client(ciphers("ALL", level)));
      await make("hello", setup);
      if (isOurs) {
        const context = kept("hello-context") as SSLContext;
        context.setGroups(OPENSSL_GROUPS);
        context.signatureAlgorithms = [
          ...DEFAULTS.signatureAlgorithms,
          "ed448",
          ...(level === 0 ? ["ecdsa_sha1", "rsa_pkcs1_sha1"] : []),
        ];
        context.grease = false;
      }
      const side = await make("hello", { ...setup, of: "hello-context" });
      await side.call("do_handshake");
      return listsOf(await side.drain());
    }

    for (const version of VERSIONS)
      it.each(LEVELS)(
        `X-75 L-02: what is offered, ${version}, %i`,
        async (n) => {
          const all = await helloOf(false, 0, version);
          const ours = await helloOf(true, n, version);
          const theirs = await helloOf(false, n, version);
          // There is no field for DHE at level 5 here: no suite is offered either.
          const dhe = Object.entries(CIPHER_SUITES)
            .filter(([name]) => n === 5 && name.startsWith("TLS_DHE_"))
            .map(([, { code }]) => code);
          const suites = codesOf(CIPHER_SUITES);
          const withoutDhe = theirs.suites.filter(
            (code) => !dhe.includes(code),
          );
          expect(known(ours.suites, suites, all.suites)).toEqual(
            known(withoutDhe, suites, all.suites),
          );
          expect(known(ours.groups, GROUPS, all.groups)).toEqual(
            known(theirs.groups, GROUPS, all.groups),
          );
          const schemes = codesOf(SIGNATURE_SCHEMES);
          expect(known(ours.schemes, schemes, all.schemes)).toEqual(
            known(theirs.schemes, schemes, all.schemes),
          );
          if (version === "TLSv1_2") expect(ours.tickets).toBe(theirs.tickets);
        },
      );

    /** The outcome of a side at that level for a chain that CPython presents. */
    async function judged(
      role: Role,
      isOurs: boolean,
      level: number,
      leaf: Chain,
      version: string,
    ): Promise<string> {
      const make = isOurs ? ourMaker : pythonMaker(python);
      const own = [ciphers("DEFAULT", level), trustCall()];
      const all = [ciphers("ALL", 0), trustCall(), chainCall(leaf)];
      const judge =
        role === "client"
          ? of(version, client(...own))
          : of(version, {
              ...server(...own, chainCall("p521")),
              set: [["verify_mode", constant("CERT_REQUIRED")]],
            });
      const peer = of(version, (role === "client" ? server : client)(...all));
      return await handshakeOf(
        await make("judge", judge),
        await pythonMaker(python)("peer", peer),
      );
    }

    const leaves = Object.keys(CHAINS) as Chain[];
    for (const version of VERSIONS)
      for (const role of rolesOf(version))
        it.each(LEVELS)(
          `X-75 L-02: what a ${role} accepts, ${version}, %i`,
          async (level) => {
            for (const leaf of leaves) {
              const ours = await judged(role, true, level, leaf, version);
              const theirs = await judged(role, false, level, leaf, version);
              expect([leaf, ours]).toEqual([leaf, theirs]);
            }
          },
        );

    /** The outcome of a server at that level, with a client that is at 0. */
    async function served(
      isOurs: boolean,
      version: string,
      setup: Setup,
      list: string,
    ): Promise<string> {
      const make = isOurs ? ourMaker : pythonMaker(python);
      const peer = client(ciphers(list, 0), trustCall());
      return await handshakeOf(
        await make("judge", of(version, setup)),
        await pythonMaker(python)("peer", of(version, peer)),
      );
    }

    it.each(LEVELS)("X-75 L-02: suites of a server, %i", async (level) => {
      for (const name of `ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES256-SHA
          ECDHE-ECDSA-AES128-SHA256 ECDHE-ECDSA-AES256-SHA384
          ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384
          ECDHE-ECDSA-CHACHA20-POLY1305`.split(/\s+/)) {
        const setup = () => server(ciphers("ALL", level), chainCall("p521"));
        const ours = await served(true, "TLSv1_2", setup(), name);
        const theirs = await served(false, "TLSv1_2", setup(), name);
        expect([name, ours]).toEqual([name, theirs]);
      }
    });

    it.each(LEVELS)(
      "X-75: a chain that was loaded at a lower level, %i",
      async (level) => {
        for (const leaf of leaves) {
          const setup = () =>
            server(
              ciphers("ALL", 0),
              chainCall(leaf),
              ciphers("ECDHE+AESGCM", level),
            );
          for (const version of VERSIONS) {
            const failed = async (isOurs: boolean) => {
              try {
                return await served(isOurs, version, setup(), "ALL");
              } catch (error) {
                return /EE_KEY|CA_KEY|CA_MD/.exec(String(error))?.[0];
              }
            };
            // RFC 9846 4.5.1.2: unasked no chain of SHA-1 goes out in TLS 1.3.
            if (version === "TLSv1_3" && leaf.endsWith("sha1")) continue;
            const [ours, theirs] = [await failed(true), await failed(false)];
            expect([leaf, version, ours === "done"]).toEqual([
              ...[leaf, version],
              theirs === "done",
            ]);
          }
        }
      },
    );

    const dhFile = (name: "ffdhe2048" | "ffdhe3072"): Argument => {
      const { prime } = ffdheParameters(name);
      const der = sequence(unsignedInteger(prime), unsignedInteger(2));
      return file(encodePem("DH PARAMETERS", der));
    };

    it.each([0, 1, 2, 3] as const)(
      "X-75 X-41: finite fields, %i",
      async (n) => {
        const dhe = "DHE-RSA-AES256-GCM-SHA384";
        for (const field of ["ffdhe2048", "ffdhe3072"] as const) {
          const peer = server(ciphers("ALL", 0), chainCall("rsa3072"), [
            "load_dh_params",
            dhFile(field),
          ]);
          const judge = client(ciphers(dhe, n), trustCall());
          const judgedBy = async (isOurs: boolean) =>
            await handshakeOf(
              await (isOurs ? ourMaker : pythonMaker(python))(
                "judge",
                of("TLSv1_2", judge),
              ),
              await pythonMaker(python)("peer", of("TLSv1_2", peer)),
            );
          expect([field, await judgedBy(true)]).toEqual([
            field,
            await judgedBy(false),
          ]);
          const loaded = (isOurs: boolean): Promise<string> => {
            const setup = server(ciphers("ALL", n), chainCall("rsa3072"), [
              "load_dh_params",
              dhFile(field),
            ]);
            return served(isOurs, "TLSv1_2", setup, dhe).catch(
              (error: unknown) =>
                /dh key too small/.exec(String(error))?.[0] ?? "",
            );
          };
          expect([field, await loaded(true)]).toEqual([
            field,
            await loaded(false),
          ]);
        }
      },
    );

    for (const version of VERSIONS)
      for (const role of ["client", "server"] as const)
        it.each(LEVELS)(
          `X-75: sessions of a ${role}, ${version}, %i`,
          async (level) => {
            const resumed = async (isOurs: boolean) => {
              const n = (one: Role): number => (one === role ? level : 0);
              const make = (one: Role) =>
                one === role && isOurs ? ourMaker : pythonMaker(python);
              const ends = {
                client: of(
                  version,
                  client(ciphers("DEFAULT", n("client")), trustCall()),
                ),
                server: of(
                  version,
                  server(ciphers("DEFAULT", n("server")), chainCall("p521")),
                ),
              };
              const meet = async (
                more: Readonly<Record<string, Argument>>,
                again: boolean,
              ) => {
                const side = async (one: Role) =>
                  await make(one)(one, {
                    ...ends[one],
                    wrap: { ...ends[one].wrap, ...(one === "client" && more) },
                    ...(again && { of: `${one}-context` }),
                  });
                const c = await side("client");
                const s = await side("server");
                await handshakeOf(c, s);
                // A session of a store goes with a connection that is torn off.
                for (const [one, other] of [
                  [c, s],
                  [s, c],
                  [c, s],
                ] as const) {
                  await one.call("unwrap");
                  await other.feed(await one.drain());
                }
                return [c, s] as const;
              };
              const [first] = await meet({}, false);
              await first.keep("session", "session");
              const ticket =
                role === "client" && isOurs
                  ? (kept("session") as { hasTicket: boolean }).hasTicket
                  : undefined;
              const [again] = await meet(
                { session: { object: "session" } },
                true,
              );
              const reused = await again.call("session_reused");
              return { reused, ticket };
            };
            const ours = await resumed(true);
            const theirs = await resumed(false);
            expect(ours.reused).toEqual(theirs.reused);
            expect(ours.reused).toEqual({ value: true });
            if (ours.ticket !== undefined)
              expect(ours.ticket).toBe(version === "TLSv1_3" || level < 3);
          },
        );
  });
});
