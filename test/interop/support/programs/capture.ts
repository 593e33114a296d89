/** Wireshark's dumpcap, which captures, and editcap, which changes captures. */
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PeerProcess } from "../process.ts";
import { type Probed, probe } from "../probe.ts";

const run = promisify(execFile);

/** Its version; missing too where nobody may capture on the loopback. */
export function findDumpcap(): Probed {
  const folder = mkdtempSync(join(tmpdir(), "puretls-dumpcap-"));
  const found = probe({
    source: "Debian package tshark",
    working: [
      [["editcap", "--version"], /Wireshark/],
      [["tshark", "--version"], /Wireshark/],
      [
        ["dumpcap", "-q", "-i", "lo", "-a", "duration:1", "-w", `${folder}/x`],
        /^/,
      ],
    ],
  });
  if ("missing" in found) return found;
  const [, version] = /Wireshark\) ([\d.]+)/.exec(found.output) ?? [];
  return { output: version ?? "of unknown version" };
}

/** Captures what goes to and from a port of the loopback meanwhile. */
export async function capturing(
  port: number,
  file: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const dumpcap = new PeerProcess("dumpcap", [
    ...["-q", "-i", "lo", "-f", `tcp port ${String(port)}`, "-w", file],
  ]);
  await dumpcap.logged(/File:/);
  await meanwhile();
  // What the system has buffered is written before the end.
  await new Promise((resolve) => setTimeout(resolve, 500));
  dumpcap.terminate();
  await dumpcap.exit();
}

export async function editcap(...args: readonly string[]): Promise<void> {
  await run("editcap", args);
}

/** The types of the handshake messages that tshark reads, by TCP stream. */
export async function messagesByTshark(
  file: string,
  port: number,
  keyLog?: string,
): Promise<readonly (readonly number[])[]> {
  const { stdout } = await run("tshark", [
    ...["-n", "-r", file, "-d", `tcp.port==${String(port)},tls`],
    ...(keyLog === undefined ? [] : ["-o", `tls.keylog_file:${keyLog}`]),
    ...["-T", "fields", "-e", "tcp.stream", "-e", "tls.handshake.type"],
  ]);
  const streams: number[][] = [];
  for (const row of stdout.trim().split("\n")) {
    const [stream = "", types = ""] = row.split("\t");
    const codes = types.split(",").filter((code) => code !== "");
    (streams[Number(stream)] ??= []).push(...codes.map(Number));
  }
  return streams;
}
