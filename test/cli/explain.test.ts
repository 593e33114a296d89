/** `puretls explain`: captures of every kind, orderly or not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchClient,
  createEchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import type { ClientOptions, ServerOptions } from "../../src/engine/index.ts";
import { asciiBytes, toHex } from "../../src/bytes.ts";
import {
  LINKS,
  packetOf,
  pcapngOf,
  pcapOf,
  type WrittenSegment,
} from "./captures.ts";
import {
  newPair,
  type Pair,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";
import { oneLine, run, scratch } from "./support.ts";

const files = scratch();
afterAll(() => {
  files.remove();
});

type Part = readonly [from: "client" | "server", bytes: Uint8Array];

/** A connection with data both ways and a change of keys, and its key log. */
function talk(
  client: Partial<ClientOptions> = {},
  server: Partial<ServerOptions> = {},
): { parts: Part[]; log: string; pair: Pair } {
  const lines: string[] = [];
  const keyLog = (line: string): void => void lines.push(line);
  const pair = newPair(
    testClientConfig({ ...client, keyLog }),
    testServerConfig(server),
  );
  const parts: Part[] = [];
  const carry = (): void => {
    for (;;) {
      const out = pair.client.takeOutput();
      const back = pair.server.takeOutput();
      if (out.length + back.length === 0) return;
      if (out.length > 0) parts.push(["client", out]);
      if (back.length > 0) parts.push(["server", back]);
      pair.server.receive(out);
      pair.client.receive(back);
    }
  };
  carry();
  if (client.versions === undefined) {
    pair.client.updateKeys(true);
    pair.client.write(asciiBytes("by new keys"));
    carry();
    pair.server.write(asciiBytes("by new keys too"));
    carry();
  }
  pair.client.write(asciiBytes("what the client says"));
  carry();
  pair.server.write(asciiBytes("what the server says"));
  pair.client.close();
  carry();
  return { parts, log: lines.map((line) => `${line}\n`).join(""), pair };
}

/** Segments of at most that many bytes, from those sequence numbers. */
function segmentsOf(
  parts: readonly Part[],
  { size = 500, client = 1000, server = 2000, port = 40_000 } = {},
): WrittenSegment[] {
  const next = { client: client + 1, server: server + 1 };
  const all: WrittenSegment[] = [
    { from: "client", sequence: client, syn: true, port },
    { from: "server", sequence: server, syn: true, port },
  ];
  for (const [from, bytes] of parts)
    for (let at = 0; at < bytes.length; at += size) {
      const data = bytes.subarray(at, at + size);
      all.push({ from, sequence: next[from], data, port });
      next[from] += data.length;
    }
  return all;
}

let talk13: ReturnType<typeof talk>;
let log: string;
let whole: string;
beforeAll(async () => {
  talk13 = talk({ alpnProtocols: ["h2"] }, { alpnProtocols: ["h2"] });
  log = files.write("keys.log", talk13.log);
  whole = ladder(await explained(pcapOf(segmentsOf(talk13.parts))));
});

async function explained(
  file: Uint8Array,
  ...more: readonly string[]
): Promise<string> {
  const path = files.write("capture", file);
  const ended = await run(["explain", path, "--keylog", log, ...more]);
  expect([ended.code, ended.err]).toEqual([0, ""]);
  return ended.out;
}

/** The trace without its first line, which has the addresses. */
function ladder(out: string): string {
  return out.slice(out.indexOf("\n"));
}

describe("explain", () => {
  it("shows a connection of TLS 1.3, decrypted", () => {
    for (const rung of [
      "-- ClientHello",
      "ServerHello",
      "EncryptedExtensions",
      "CertificateVerify",
      "[server: server_application_traffic_secret_0]",
      "-- KeyUpdate",
      "[client: client_application_traffic_secret_1]",
      "[server: server_application_traffic_secret_1]",
      "alert (close_notify)",
    ])
      expect(whole).toContain(rung);
    expect(whole).not.toContain("sealed");
  });

  it.each(LINKS)("reads packets of %s", async (link) => {
    const out = await explained(pcapOf(segmentsOf(talk13.parts), link));
    expect(ladder(out)).toBe(whole);
    const ends =
      link === "ipv6"
        ? "[::1]:40000 to [::2]:443"
        : "10.0.0.1:40000 to 10.0.0.2:443";
    expect(out).toContain(`stream 0: ${ends}, `);
  });

  it("reads either byte order, microseconds and nanoseconds", async () => {
    const segments = segmentsOf(talk13.parts);
    for (const little of [true, false])
      for (const nano of [true, false])
        expect(
          await explained(pcapOf(segments, "ethernet", { little, nano })),
        ).toContain("2023-11-14T22:13:20.000Z");
    for (const little of [true, false])
      expect(
        ladder(await explained(pcapngOf(segments, undefined, "raw", little))),
      ).toBe(whole);
  });

  it("shows a packet whose time is beyond all dates", async () => {
    const file = pcapngOf(segmentsOf(talk13.parts), undefined, "raw", true);
    // The time of the first packet, behind three blocks and its interface.
    file.fill(0xff, 76, 84);
    const path = files.write("late.pcapng", file);
    expect((await run(["explain", path])).code).toBe(0);
  });

  it("takes the key log that a pcapng file carries", async () => {
    const file = pcapngOf(segmentsOf(talk13.parts), talk13.log);
    const path = files.write("with-secrets.pcapng", file);
    const { code, out } = await run(["explain", path]);
    expect([code, ladder(out)]).toEqual([0, whole]);
  });

  it.each([
    [
      "segments that come twice",
      (all: WrittenSegment[]) => all.flatMap((one) => [one, one]),
    ],
    [
      "all of them again at the end",
      (all: WrittenSegment[]) => [...all, ...all],
    ],
    [
      "segments that overlap",
      (all: WrittenSegment[]) =>
        all.flatMap((one) =>
          one.data === undefined
            ? [one]
            : [{ ...one, data: one.data.subarray(0, 7) }, one],
        ),
    ],
    [
      "segments of one side in another order",
      (all: WrittenSegment[]) => {
        // Each server segment behind the next one.
        const order = [...all];
        for (let at = 2; at + 1 < order.length; at++) {
          const [one, other] = [order[at], order[at + 1]];
          if (one?.from !== "server" || other?.from !== "server") continue;
          order.splice(at++, 2, other, one);
        }
        return order;
      },
    ],
  ])("puts in order %s", async (_what, change) => {
    const segments = change(segmentsOf(talk13.parts, { size: 100 }));
    expect(ladder(await explained(pcapOf(segments)))).toBe(whole);
  });

  it("follows sequence numbers past 2^32", async () => {
    const near = { client: 2 ** 32 - 30, server: 2 ** 32 - 1 };
    const segments = segmentsOf(talk13.parts, { ...near, size: 64 });
    const doubled = segments.flatMap((one) => [one, one]);
    expect(ladder(await explained(pcapOf(doubled)))).toBe(whole);
  });

  it("begins without a SYN, and after what STARTTLS says", async () => {
    const parts: Part[] = [
      ["server", asciiBytes("220 mail\r\n")],
      ["client", asciiBytes("STARTTLS\r\n")],
      ["server", asciiBytes("220 go\r\n")],
      ...talk13.parts,
    ];
    const out = await explained(pcapOf(segmentsOf(parts).slice(2)));
    expect(ladder(out)).toBe(
      whole.replace(/\n$/, "28 bytes came before TLS\n\n"),
    );
    // The server spoke first, and yet is none's client.
    expect(out).toContain("10.0.0.1:40000 to 10.0.0.2:443");
  });

  it("keeps connections apart, and shows the one that is asked for", async () => {
    const one = segmentsOf(talk13.parts);
    const two = segmentsOf(talk13.parts, { port: 40_001 });
    const mixed = one.flatMap((segment, at) => [segment, two[at] ?? segment]);
    const out = await explained(pcapOf(mixed));
    expect(out.match(/^stream \d/gm)).toEqual(["stream 0", "stream 1"]);
    const only = await explained(pcapOf(mixed), "--stream", "1");
    expect(only).toContain("stream 1: 10.0.0.1:40001 to");
    expect(ladder(only)).toBe(whole);
    const path = files.path("capture");
    for (const more of [[], ["--json"]]) {
      const args = ["explain", path, "--stream", "2", ...more];
      const { code, out: none, err } = await run(args);
      expect([code, none]).toEqual([1, ""]);
      expect(oneLine(err)).toContain("no ClientHello in stream 2");
    }
  });

  it("tells where the capture lacks a segment", async () => {
    const segments = segmentsOf(talk13.parts).filter((_, at) => at !== 8);
    const out = await explained(pcapOf(segments));
    expect(out).toContain("the capture lacks bytes of 10.0.0.2:443");
    expect(out).toContain("ServerHello");
    expect(out).not.toContain("CertificateVerify");
  });

  it("shows without a key log what comes in the clear", async () => {
    const path = files.write("sealed", pcapOf(segmentsOf(talk13.parts)));
    const { code, out } = await run(["explain", path]);
    expect(code).toBe(0);
    expect(out).toContain("ServerHello");
    expect(out).toContain("[server: keys not known]");
    expect(out).toContain("application_data (sealed)");
    expect(out).toContain("no secrets of this connection in a key log");
  });

  it.each([
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
  ] as const)("decrypts TLS 1.2 with %s", async (suite) => {
    const only = { versions: ["TLSv1.2"], cipherSuites: [suite] } as const;
    const { parts, log: text } = talk(only, only);
    const path = files.write("tls12", pcapOf(segmentsOf(parts)));
    const keys = files.write("tls12.log", text);
    const { code, out } = await run(["explain", path, "--keylog", keys]);
    expect(code).toBe(0);
    expect(out).toMatch(/\[client: client_write_key\]\n.* Finished 16 B/);
    expect(out).toMatch(/Finished 16 B -+\n.*application_data/);
    expect(out).not.toContain("sealed");
  });

  it("decrypts a connection whose Encrypted Client Hello was accepted", async () => {
    const key = createEchKey({ provider: noble, publicName: "server.test" });
    const ech = talk(
      {
        encryptedClientHello: createEchClient(
          encodeEchConfigList([key.config]),
        ),
      },
      {
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
      },
    );
    expect(ech.pair.client.info?.encryptedClientHello).toBe(true);
    const path = files.write("ech", pcapOf(segmentsOf(ech.parts)));
    // Among the secrets of others.
    const strange = talk13.log.replaceAll(
      / [0-9a-f]{64} /g,
      ` ${"ab".repeat(32)} `,
    );
    const keys = files.write("ech.log", strange + ech.log);
    const args = ["explain", path, "--keylog", keys];
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(out).not.toMatch(/sealed|not known|no secrets/);
    expect(out).toContain("[client: client_application_traffic_secret_1]");
    // What is hashed is not what is on the wire.
    const { out: hex } = await run([...args, "--trace=hex"]);
    expect(hex).toContain("context not known");
    const foreign = files.write("foreign.log", strange);
    const other = await run(["explain", path, "--keylog", foreign]);
    expect(other.out).toContain("keys not known");
  });

  it("shows fields, bytes, and the steps of the key schedule", async () => {
    const file = pcapOf(segmentsOf(talk13.parts));
    const fields = await explained(file, "--trace=fields");
    expect(fields).toContain("protocol_name: h2 [RFC 7301 3.1]");
    const secrets = await explained(file, "--trace=secrets");
    expect(secrets).toMatch(/^0000 {2}01 +msg_type: client_hello \[/m);
    const flat = secrets.replaceAll(/\s+/g, " ");
    for (const line of talk13.log.trim().split("\n"))
      expect(flat).toContain(` out ${line.split(" ")[2] ?? ""}`);
    const hex = await explained(file, "--trace=hex");
    for (const line of talk13.log.trim().split("\n"))
      expect(hex.replaceAll(/\s+/g, " ")).not.toContain(line.split(" ")[2]);
  });

  it("--json has connections, messages, fields and their bytes", async () => {
    const out = await explained(pcapOf(segmentsOf(talk13.parts)), "--json");
    const { log: document } = JSON.parse(out) as {
      log: {
        version: string;
        creator: { name: string };
        connections: {
          client: string;
          entries: {
            from: string;
            type: string;
            name: string | null;
            keys: string | null;
            bytes: number;
            fields: { name: string; bytes: string }[];
          }[];
        }[];
      };
    };
    expect([document.version, document.creator.name]).toEqual([
      "1.0",
      "puretls",
    ]);
    const [connection] = document.connections;
    expect(connection?.client).toBe("10.0.0.1:40000");
    const [hello] = connection?.entries ?? [];
    expect(hello).toMatchObject({
      from: "client",
      name: "ClientHello",
      keys: null,
    });
    const hex = hello?.fields.map(({ bytes }) => bytes).join("") ?? "";
    const [, sent = new Uint8Array()] = talk13.parts[0] ?? [];
    expect(toHex(sent)).toContain(hex);
    expect(hex.length).toBe(2 * (hello?.bytes ?? 0));
  });

  it("reads one hello, as it is, in records and in hexadecimal", async () => {
    const [, record = new Uint8Array()] = talk13.parts[0] ?? [];
    const outs = [
      record,
      record.subarray(5),
      asciiBytes(toHex(record)),
      asciiBytes(toHex(record.subarray(5)).replaceAll(/../g, "0x$&, ")),
      asciiBytes(toHex(record).replaceAll(/.{32}/g, "$&\n")),
      asciiBytes(dumped(record, "xxd")),
      asciiBytes(dumped(record, "hexdump")),
    ].map(async (content, at) => {
      const path = files.write(`hello${String(at)}`, content);
      const { code, out } = await run(["explain", path]);
      expect(code).toBe(0);
      return out;
    });
    const all = new Set(await Promise.all(outs));
    expect(all.size).toBe(1);
    expect([...all][0]).toContain("protocol_name: h2 [RFC 7301 3.1]");
  });
});

/** As `xxd` and `hexdump -C` print it. */
function dumped(bytes: Uint8Array, program: "xxd" | "hexdump"): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const hex = toHex(bytes.subarray(at, at + 16));
    const offset = at.toString(16).padStart(8, "0");
    const text = "a ab.b 16".padEnd(hex.length / 2, ".");
    lines.push(
      program === "xxd"
        ? `${offset}: ${hex.replaceAll(/.{4}/g, "$& ").trim().padEnd(39)}  ${text}`
        : `${offset}  ${hex
            .replaceAll(/../g, "$& ")
            .replace(/^(.{24})/, "$1 ")
            .padEnd(50)} |${text}|`,
    );
  }
  const end = bytes.length.toString(16).padStart(8, "0");
  return [...lines, ...(program === "xxd" ? [] : [end]), ""].join("\n");
}

describe("explain: what is no capture, or a hostile one", () => {
  it.each<[string, readonly string[], number, string]>([
    ["x", ["--stream", "-1"], 2, "--stream"],
    [
      "x",
      ["--trace=all"],
      2,
      "--trace takes ladder, fields, hex, secrets or json",
    ],
    ["x", ["--stream", "1"], 2, "--stream is for captures, and"],
    ["neither", [], 1, "neither a capture nor TLS records"],
    ["", [], 1, "neither a capture nor TLS records"],
    [
      toHex(Uint8Array.of(99, 0, 0, 0)),
      [],
      1,
      "no handshake message has the type 99",
    ],
  ])("%j with %j", async (content, more, code, says) => {
    const path = files.write("none", asciiBytes(content));
    const ended = await run(["explain", path, ...more]);
    expect(ended.code).toBe(code);
    expect(oneLine(ended.err)).toContain(says);
  });

  it("needs a FILE", async () => {
    const { code, err } = await run(["explain"]);
    expect([code, oneLine(err)]).toEqual([
      2,
      "puretls explain: FILE is missing (puretls explain --help)",
    ]);
  });

  it("reads what is there of a file that was cut, and tells of it", async () => {
    const file = pcapOf(segmentsOf(talk13.parts));
    const path = files.write("cut", file.subarray(0, file.length - 20));
    const { code, out, err } = await run(["explain", path, "--keylog", log]);
    expect(code).toBe(0);
    expect(oneLine(err)).toContain("ends in the middle of a packet");
    expect(out).toContain("CertificateVerify");
  });

  it("ends for any file, in bounded time, with 0 or one line", async () => {
    const segments = segmentsOf(talk13.parts, { size: 300 });
    const sources = [
      pcapOf(segments),
      pcapngOf(segments, talk13.log),
      pcapOf(segments, "ipv6"),
    ];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const file = (sources[round % 3] ?? new Uint8Array()).slice();
      for (let changes = 1 + random(6); changes > 0; changes--)
        file[random(changes % 2 === 0 ? 200 : file.length)] = random(256);
      const end = round % 5 === 0 ? random(file.length) : file.length;
      const path = files.write("hostile", file.subarray(0, end));
      const detail = ["ladder", "fields", "hex", "json"][round % 4] ?? "";
      const args = ["explain", path, "--keylog", log, `--trace=${detail}`];
      const { code, out, err } = await run(args);
      expect([0, 1, 2]).toContain(code);
      expect(out + err).toMatch(/^[\n\x20-\x7e…]*$/);
      expect(err).not.toMatch(/\b(Range|Type|Reference)Error\b|undefined/);
    }
  });

  it("holds no segments without end", async () => {
    // Nothing but segments behind a first one that never comes.
    const [first, ...rest] = segmentsOf(talk13.parts, { size: 10 });
    const data = new Uint8Array(1000);
    const flood = Array.from({ length: 6000 }, (_, at) => ({
      from: "client" as const,
      sequence: 5000 + 1000 * at,
      data,
    }));
    const path = files.write(
      "flood",
      pcapOf([...(first ? [first] : []), ...flood, ...rest.slice(0, 3)]),
    );
    const { code } = await run(["explain", path]);
    expect(code).toBe(1);
  });

  it("passes over fragments, other protocols and packets that are cut", async () => {
    const segments = segmentsOf(talk13.parts);
    const strange = segments.map((one) => packetOf(one, "raw"));
    const file = pcapOf(segments, "raw");
    expect(strange.length).toBe(segments.length);
    // The first packet becomes a fragment, which a SYN without data may be.
    file[24 + 16 + 6] = 0x20;
    expect(ladder(await explained(file))).toBe(whole);
  });
});
