/** New tickets of TLS 1.2 on resumption, RFC 5077 3.3. */
import { expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { type Session, TicketKeys } from "../../../src/engine/index.ts";
import { connect, sessionsAfter } from "../../support/sessions.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Connections of TLS 1.2, each at its time, by the newest ticket. */
function visits(sessionLifetimeSeconds: number) {
  const start = Date.now();
  let now = start;
  const provider = { ...noble, now: () => now };
  const ticketKeys = new TicketKeys({ provider });
  const versions = ["TLSv1.2"] as const;
  let session: Session | undefined;
  return (at: number) => {
    now = start + at;
    const pair = connect({
      client: { provider, versions, ...(session && { session }) },
      server: { provider, versions, ticketKeys, sessionLifetimeSeconds },
    });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    const [renewed] = sessionsAfter(pair);
    session = renewed ?? session;
    return [pair.server.info?.resumed, renewed !== undefined];
  };
}

it("a ticket is renewed once half of its lifetime is over", () => {
  const visit = visits(7200);
  expect(visit(0)).toEqual([false, true]);
  expect(visit(HOUR - 1)).toEqual([true, false]);
  expect(visit(HOUR)).toEqual([true, true]);
  // Longer than the first ticket was good for.
  expect(visit(2.5 * HOUR)).toEqual([true, true]);
});

it("but not beyond seven days since the peer was authenticated", () => {
  const visit = visits(DAY / 1000);
  expect(visit(0)).toEqual([false, true]);
  for (let day = 0.9; day < 7; day += 0.9)
    expect(visit(day * DAY)).toEqual([true, true]);
  expect(visit(7 * DAY + 1)).toEqual([false, true]);
});
