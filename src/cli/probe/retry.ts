/** Key shares of our own, and HelloRetryRequest. */
import { randomBytes } from "node:crypto";
import { noble } from "../../crypto/noble/index.ts";
import {
  groupOf as nameOfGroup,
  GROUPS,
} from "../../handshake/registries/groups.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { type Answer, Answers } from "./answer.ts";
import { groupOf } from "./exchange.ts";
import { groupName } from "./group-names.ts";
import {
  type Hello,
  inRecords,
  type RawExtension,
  writeHello,
} from "./hello.ts";
import type { Scan } from "./scan.ts";

/** Groups whose shares fit a small hello. */
const SMALL = [
  "x25519",
  "secp256r1",
  "secp384r1",
  "secp521r1",
  "x448",
] as const;

/** A share of a group that the server has; none where we have no such group. */
export function smallShare(scan: Scan): readonly RawExtension[] {
  const { names = [] } = scan.report.groups["TLSv1.3"] ?? {};
  const name = SMALL.find((one) => names.includes(one));
  return name === undefined ? [] : freshShare(GROUPS[name]);
}

function freshShare(code: number): readonly RawExtension[] {
  const name = nameOfGroup(code);
  const group = name === undefined ? undefined : noble.groups[name];
  return group === undefined
    ? []
    : [[code, group.generate(noble.random).share]];
}

/** Sends no share, and then the one that the server asks for. */
export async function scanRetry(scan: Scan): Promise<void> {
  if (!scan.speaks("TLSv1.3")) return;
  const first = scan.hello("TLSv1.3", { random: randomBytes(32) });
  const seen: Answer[] = [];
  const last = await scan.caller.exchange(async (transport) => {
    const answers = new Answers(transport);
    await transport.write(inRecords(writeHello(first), first.version));
    const answer = await answers.next("hello");
    seen.push(answer);
    const second = secondHello(first, answer);
    if (second === undefined) return answer;
    await transport.write(inRecords(writeHello(second), second.version));
    return answers.next("hello");
  });
  const retry = seen.find(({ kind }) => kind === "hello");
  const asks = retry?.kind === "hello" && retry.hello.isRetry;
  const group = asks ? groupOf(retry) : undefined;
  scan.report.helloRetryRequest = {
    asks,
    group: group === undefined ? null : groupName(group),
    cookie: asks && retry.hello.extensions.has(ExtensionType.cookie),
    completes: last.kind === "hello" && !last.hello.isRetry,
  };
}

/** RFC 9846 4.2.2: the same hello, with the share and the cookie. */
function secondHello(first: Hello, retry: Answer): Hello | undefined {
  if (retry.kind !== "hello" || !retry.hello.isRetry) return undefined;
  const shares = freshShare(groupOf(retry) ?? 0);
  if (shares.length === 0) return undefined;
  const cookie = retry.hello.extensions.get(ExtensionType.cookie);
  return {
    ...first,
    shares,
    ...(cookie !== undefined && { more: [[ExtensionType.cookie, cookie]] }),
  };
}
