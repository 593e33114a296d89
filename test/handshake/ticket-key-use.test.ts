/** Counts of what ticket keys seal, their limit, and keys by a schedule. */
import { describe, expect, it, vi } from "vitest";
import { type Secret, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { AeadAlgorithm } from "../../src/crypto/provider.ts";
import { TicketKeys, TlsUsageError } from "../../src/engine/index.ts";
import { connect, firstSession, session13, T0 } from "../support/sessions.ts";

const SESSION = session13();
const noBytes = new Uint8Array(0);
const nameOf = (ticket: Uint8Array): string => toHex(ticket.subarray(0, 16));

describe("TicketKeys", () => {
  it("count what they seal, and make a new key at the limit", () => {
    const keys = new TicketKeys({ provider: noble, maxSeals: 3 });
    const names = Array.from({ length: 7 }, () =>
      nameOf(keys.seal(SESSION) ?? noBytes),
    );
    expect(new Set(names).size).toBe(3);
    expect(keys.usage().map(({ seals }) => seals)).toEqual([1, 3, 3]);
    expect(keys.usage().map((use) => use.isSealing)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("that were given seal no more at the limit, and open still", () => {
    const [key = noBytes] = new TicketKeys({ provider: noble }).export();
    const keys = new TicketKeys({ provider: noble, keys: [key], maxSeals: 2 });
    const ticket = keys.seal(SESSION) ?? noBytes;
    expect(keys.seal(SESSION)).toBeDefined();
    expect(keys.seal(SESSION)).toBeUndefined();
    expect(keys.open(ticket)).toBeDefined();
    // The same key again is as worn out as before; another one is not.
    keys.rotate(key);
    expect(keys.seal(SESSION)).toBeUndefined();
    keys.rotate();
    expect(keys.seal(SESSION)).toBeDefined();
  });

  it("wipe the session that they would have sealed, where that fails", () => {
    const seen: Uint8Array[] = [];
    const failing = (row: AeadAlgorithm): AeadAlgorithm => ({
      ...row,
      key: (bytes) => ({
        ...row.key(bytes),
        seal: (_nonce, _aad, plaintext) => {
          seen.push(plaintext);
          expect(plaintext.some((byte) => byte !== 0)).toBe(true);
          throw new Error("the device is gone");
        },
      }),
    });
    const aeads = Object.fromEntries(
      Object.entries(noble.aeads).map(([name, row]) => [name, failing(row)]),
    );
    const keys = new TicketKeys({ provider: { ...noble, aeads } });
    expect(() => keys.seal(SESSION)).toThrow("the device is gone");
    expect(seen.map((plaintext) => plaintext.every((b) => b === 0))).toEqual([
      true,
    ]);
  });

  it("leave no secret in the other facts of a session that they open", () => {
    const keys = new TicketKeys({ provider: noble });
    const opened = keys.open(keys.seal(SESSION) ?? noBytes);
    if (opened?.version !== "TLSv1.3") throw new Error("no session of TLS 1.3");
    expect(opened.psk.bytes).toEqual(SESSION.psk.bytes);
    const secret = toHex(SESSION.psk.bytes);
    expect(toHex(new Uint8Array(opened.ticket.buffer))).not.toContain(secret);
  });

  it.each([
    ["of this library are overwritten once a server has its copy", true],
    ["of a program's own class are not: it may keep them", false],
  ])("sessions that keys %s", (_what, isOwn) => {
    const opened: Secret[] = [];
    const watch = (keys: TicketKeys): TicketKeys => {
      vi.spyOn(keys, "open").mockImplementation((ticket) => {
        const session = TicketKeys.prototype.open.call(keys, ticket);
        if (session?.version === "TLSv1.3") opened.push(session.psk);
        return session;
      });
      return keys;
    };
    class OwnKeys extends TicketKeys {}
    const options = { provider: noble };
    const ticketKeys = watch(
      isOwn ? new TicketKeys(options) : new OwnKeys(options),
    );
    const server = { provider: noble, ticketKeys };
    const session = firstSession({ server });
    const pair = connect({ client: { session }, server });
    expect(pair.server.info?.resumed).toBe(true);
    expect(opened.map(({ length }) => length)).toEqual([isOwn ? 0 : 32]);
  });

  it("have a limit from 1 to 2^32", () => {
    for (const maxSeals of [0, -1, Number.NaN, 2 ** 32 + 1])
      expect(() => new TicketKeys({ provider: noble, maxSeals })).toThrow(
        TlsUsageError,
      );
  });

  it("that are shared seal and open by their schedule", () => {
    let now = T0;
    const provider = { ...noble, now: () => now };
    const keys = new TicketKeys({ provider });
    const own = nameOf(keys.seal(SESSION) ?? noBytes);
    const [one, two] = [1, 2].map((fill) => new Uint8Array(48).fill(fill));
    if (one === undefined || two === undefined) throw new Error();
    keys.share([
      { key: one, from: T0, sealUntil: T0 + 20, openUntil: T0 + 30 },
      { key: two, from: T0 + 10, sealUntil: T0 + 20, openUntil: T0 + 40 },
    ]);
    const sealers: string[] = [];
    const tickets: Uint8Array[] = [];
    for (const time of [0, 9, 10, 19, 20]) {
      now = T0 + time;
      const ticket = keys.seal(SESSION) ?? noBytes;
      tickets.push(ticket);
      sealers.push(nameOf(ticket).slice(0, 2));
    }
    expect(sealers).toEqual(["01", "01", "02", "02", own.slice(0, 2)]);
    const opened = (time: number): boolean[] => {
      now = T0 + time;
      return tickets.map((ticket) => keys.open(ticket) !== undefined);
    };
    expect(opened(29)).toEqual([true, true, true, true, true]);
    expect(opened(30)).toEqual([false, false, true, true, true]);
    expect(opened(40)).toEqual([false, false, false, false, true]);
    expect(keys.export()).toHaveLength(1);
    // Copies: the caller may wipe what it gave.
    expect(() => {
      keys.share([
        { key: one.subarray(1), from: 0, sealUntil: 0, openUntil: 0 },
      ]);
    }).toThrow(TlsUsageError);
  });
});
