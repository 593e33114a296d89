/** Wireshark's `tshark`, which reads a connection with nothing but its key log. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { toHex } from "../../../../src/bytes.ts";
import { HandshakeType } from "../../../../src/wire/code-points.ts";
import { type Probed, probe } from "../probe.ts";
import { temporaryFolder } from "../temporary.ts";

const run = promisify(execFile);

/** Bytes that one side sent at a time. */
export interface Segment {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
}

/** Its version as the output, or why it is not here. */
export function findTshark(): Probed {
  const found = probe({
    source: "Debian package tshark",
    working: [
      [["text2pcap", "--version"], /Wireshark/],
      [["tshark", "--version"], /Wireshark/],
    ],
  });
  if ("missing" in found) return found;
  const [, version] =
    /^TShark \(Wireshark\) ([\d.]+)/m.exec(found.output) ?? [];
  return { output: version ?? "of unknown version" };
}

export interface Reading {
  /** The plaintext of each side. */
  readonly client: string;
  readonly server: string;
  /** The handshake messages that it could read, in RFC 9846's names. */
  readonly messages: readonly string[];
}

/** Reads with tshark a connection whose plaintext is ASCII. */
export async function readWithTshark(
  segments: readonly Segment[],
  keyLog: readonly string[],
): Promise<Reading> {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("dump.txt"), segments.map(hexDump).join(""));
  writeFileSync(path("keys"), keyLog.map((line) => `${line}\n`).join(""));
  // -D: a letter before each dump turns the ports round; both are made up.
  await run("text2pcap", [
    ...["-q", "-D", "-T", "40000,44330", path("dump.txt"), path("c.pcapng")],
  ]);
  const { stdout } = await run("tshark", [
    ...["-n", "-r", path("c.pcapng"), "-o", `tls.keylog_file:${path("keys")}`],
    ...["-d", "tcp.port==44330,tls", "-T", "fields", "-e", "tcp.srcport"],
    ...["-e", "tls.handshake.type", "-e", "data.data"],
  ]);
  const reading = { client: "", server: "", messages: [""].slice(1) };
  for (const row of stdout.split("\n")) {
    const [port = "", types = "", data = ""] = row.split("\t");
    const text = Buffer.from(data.replaceAll(",", ""), "hex").toString();
    reading[port === "44330" ? "server" : "client"] += text;
    reading.messages.push(...types.split(",").flatMap(messageName));
  }
  return reading;
}

/**
 * Has tshark compute the fingerprints of ClientHellos, each on a connection of
 * its own.
 */
export async function fingerprintsByTshark(
  hellos: readonly Uint8Array[],
): Promise<readonly { readonly ja3: string; readonly text: string }[]> {
  const folder = temporaryFolder();
  const all: { ja3: string; text: string }[] = [];
  for (const [index, bytes] of hellos.entries()) {
    const dump = join(folder, `${String(index)}.txt`);
    const capture = join(folder, `${String(index)}.pcapng`);
    writeFileSync(dump, hexDump({ from: "client", bytes }));
    await run("text2pcap", ["-q", "-D", "-T", "40000,44330", dump, capture]);
    const { stdout } = await run("tshark", [
      ...["-n", "-r", capture, "-d", "tcp.port==44330,tls", "-T", "fields"],
      ...["-e", "tls.handshake.ja3", "-e", "tls.handshake.ja3_full"],
    ]);
    const [ja3 = "", text = ""] = stdout.trim().split("\t");
    all.push({ ja3, text });
  }
  return all;
}

function messageName(code: string): string[] {
  const names = Object.entries(HandshakeType);
  return names.flatMap(([name, number]) =>
    String(number) === code ? [name] : [],
  );
}

/** One packet a segment; no packet holds more than 16 KiB. */
function hexDump({ from, bytes }: Segment): string {
  let dump = "";
  for (let at = 0; at < bytes.length; at += 16_384) {
    const packet = bytes.subarray(at, at + 16_384);
    dump += `${from === "client" ? "I" : "O"}\n`;
    for (let row = 0; row < packet.length; row += 32) {
      const hex = toHex(packet.subarray(row, row + 32));
      dump += `${row.toString(16).padStart(6, "0")} ${hex.replace(/../g, "$& ")}\n`;
    }
  }
  return dump;
}
