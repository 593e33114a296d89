/** Hellos that are unusual and allowed: a server must bear all of them. */
import { randomBytes } from "node:crypto";
import { NO_BYTES } from "../../bytes.ts";
import { smallShare } from "./retry.ts";
import type { Answer } from "./answer.ts";
import type { Sending } from "./calls.ts";
import type { Hello } from "./hello.ts";
import { VERSION_CODES } from "./report.ts";
import { BEFORE_13, type Scan } from "./scan.ts";
import { suitesOf } from "./versions.ts";

interface Trial {
  readonly name: string;
  readonly hello: (usual: Hello) => Hello;
  readonly sending?: Sending;
}

/** RFC 8701 2; not the same for each kind of list. */
const GREASE = [0x0a0a, 0x5a5a, 0x8a8a, 0xcaca, 0xfafa] as const;

const TRIALS: readonly Trial[] = [
  { name: "a usual hello", hello: (usual) => usual },
  {
    name: "a hello of 512 bytes",
    hello: (usual) => ({ ...usual, length: 512 }),
  },
  {
    name: "a hello of 4 KiB",
    hello: (usual) => ({ ...usual, length: 4096 }),
  },
  {
    name: "a hello of 15 KiB",
    hello: (usual) => ({ ...usual, length: 15 * 1024 }),
  },
  {
    name: "a hello in two records",
    hello: (usual) => usual,
    sending: { record: 100 },
  },
  {
    name: "a hello in two segments",
    hello: (usual) => usual,
    sending: { split: 100 },
  },
  {
    name: "a record's header in a segment of its own",
    hello: (usual) => usual,
    sending: { split: 3 },
  },
  { name: "GREASE in all lists", hello: withGrease },
  {
    name: "extensions that nobody knows",
    hello: (usual) => ({
      ...usual,
      more: [
        [0x7a01, randomBytes(40)],
        ...(usual.more ?? []),
        [0xb1b2, NO_BYTES],
      ],
    }),
  },
  {
    name: "suites that nobody knows",
    hello: (usual) => ({ ...usual, suites: [0x7c01, ...usual.suites, 0xee12] }),
  },
  {
    name: "a version that nobody knows",
    hello: (usual) =>
      usual.versions === undefined
        ? { ...usual, version: 0x03f0 }
        : { ...usual, versions: [0x03f0, ...usual.versions] },
  },
  {
    name: "a hello without a name",
    hello: (usual) => ({ ...usual, serverName: undefined }),
  },
];

/** The hello of a client of today: all versions that the server speaks. */
function usualHello(scan: Scan): Hello | undefined {
  const before = BEFORE_13.filter(
    (version) => version !== "SSLv3" && scan.speaks(version),
  );
  const [best] = before;
  const suites = before.flatMap((version) => suitesOf(scan, version));
  if (!scan.speaks("TLSv1.3"))
    return best === undefined ? undefined : scan.hello(best, { suites });
  const hello = scan.hello("TLSv1.3");
  return {
    ...hello,
    suites: [...suitesOf(scan, "TLSv1.3"), ...new Set(suites)],
    versions: [0x0304, ...before.map((name) => VERSION_CODES[name])],
    shares: smallShare(scan),
  };
}

function withGrease(usual: Hello): Hello {
  const [suite, group, version, first, last] = GREASE;
  return {
    ...usual,
    suites: [suite, ...usual.suites],
    ...(usual.groups && { groups: [group, ...usual.groups] }),
    ...(usual.schemes && { schemes: [version, ...usual.schemes] }),
    ...(usual.versions && { versions: [version, ...usual.versions] }),
    ...(usual.shares && {
      shares: [[group, Uint8Array.of(0)] as const, ...usual.shares],
    }),
    alpn: ["\x0a\x0a", "http/1.1"],
    more: [[first, NO_BYTES], ...(usual.more ?? []), [last, Uint8Array.of(0)]],
  };
}

/** Tries each of them once. */
export async function scanTolerance(scan: Scan): Promise<void> {
  const usual = usualHello(scan);
  if (usual === undefined) return;
  const rows = [];
  for (const { name, hello, sending } of TRIALS) {
    const answer = await scan.ask(hello(usual), "hello", sending);
    rows.push({
      name,
      tolerant: answer.kind === "hello",
      answer: answerText(answer),
    });
  }
  scan.report.tolerance = rows;
}

function answerText(answer: Answer): string {
  switch (answer.kind) {
    case "hello":
      return answer.hello.isRetry ? "HelloRetryRequest" : "ServerHello";
    case "alert":
      return `alert ${answer.description}`;
    case "malformed":
      return answer.says;
    default:
      return answer.kind;
  }
}
