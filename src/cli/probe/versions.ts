/** Versions, and the suites of each one. */
import { randomBytes } from "node:crypto";
import { concatAll, NO_BYTES } from "../../bytes.ts";
import { Writer } from "../../wire/writer.ts";
import type { Answer } from "./answer.ts";
import { type VersionName, VERSION_CODES } from "./report.ts";
import { BEFORE_13, inOrder, type Scan } from "./scan.ts";
import { SUITES_13, SUITES_BEFORE, suiteName, suitesLike } from "./suites.ts";

/** Suites that fit a hello of any size that servers bear. */
const COMMON = suitesLike(/^TLS_(ECDHE_|DHE_)?(RSA|ECDSA)_WITH_(AES|3DES|RC4)/);

/** Finds the versions that a server takes when it is offered no other one. */
export async function scanVersions(scan: Scan): Promise<void> {
  for (const version of ["TLSv1.3", ...BEFORE_13] as const)
    scan.report.versions[version] = await speaks(scan, version);
  scan.report.versions.SSLv2 = await speaksSslv2(scan);
}

async function speaks(scan: Scan, version: VersionName): Promise<boolean> {
  const code = VERSION_CODES[version];
  const isIt = (answer: Answer): boolean =>
    answer.kind === "hello" && answer.hello.version === code;
  const first = await scan.ask(scan.hello(version));
  if (isIt(first) || version === "TLSv1.3" || isVersionAlert(first))
    return isIt(first);
  // Some servers do not bear some hundred suites.
  return isIt(await scan.ask(scan.hello(version, { suites: COMMON })));
}

function isVersionAlert(answer: Answer): boolean {
  return answer.kind === "alert" && answer.description === 70;
}

/** CipherKinds of SSL 2.0. */
const KINDS_2 = [
  0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700c0,
];

/** Sends a hello of SSL 2.0, which no other version has the form of. */
async function speaksSslv2(scan: Scan): Promise<boolean> {
  const kinds = new Writer();
  for (const kind of KINDS_2) kinds.u24(kind);
  const list = kinds.finish();
  const challenge = randomBytes(16);
  const body = new Writer()
    .u8(1)
    .u16(VERSION_CODES.SSLv2)
    .u16(list.length)
    .u16(0)
    .u16(challenge.length)
    .bytes(list)
    .bytes(challenge)
    .finish();
  const hello = new Writer()
    .u16(0x8000 | body.length)
    .bytes(body)
    .finish();
  let isServerHello = false;
  await scan.caller.exchange(async (transport) => {
    await transport.write(hello);
    let start: Uint8Array = NO_BYTES;
    while (start.length < 7) {
      const bytes = await transport.read().catch(() => null);
      if (bytes === null) return { kind: "closed" };
      start = concatAll([start, bytes.subarray(0, 16)]);
    }
    const [high = 0, , type, , , major, minor] = start;
    // Its own length, SERVER-HELLO, and version 0x0002.
    isServerHello = high >= 0x80 && type === 4 && major === 0 && minor === 2;
    return { kind: "closed" };
  });
  return isServerHello;
}

/** Finds the suites of each version, in the server's order. */
export async function scanSuites(scan: Scan): Promise<void> {
  for (const version of ["TLSv1.3", ...BEFORE_13] as const) {
    if (!scan.speaks(version)) continue;
    const code = VERSION_CODES[version];
    const ask = async (
      suites: readonly number[],
    ): Promise<number | undefined> => {
      const answer = await scan.ask(scan.hello(version, { suites }));
      return answer.kind === "hello" && answer.hello.version === code
        ? answer.hello.suite
        : undefined;
    };
    const all = version === "TLSv1.3" ? SUITES_13 : SUITES_BEFORE;
    let suites = await inOrder(all, suiteName, ask);
    if (suites.names.length === 0)
      suites = await inOrder(COMMON, suiteName, ask);
    scan.report.suites[version] = suites;
  }
}

/** The suites of a version as numbers. */
export function suitesOf(
  scan: Scan,
  version: VersionName,
  pattern: RegExp = /^/,
): readonly number[] {
  const names = scan.report.suites[version]?.names ?? [];
  return [...SUITES_13, ...SUITES_BEFORE].filter((code) => {
    const name = suiteName(code);
    return names.includes(name) && pattern.test(name);
  });
}
