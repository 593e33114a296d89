/** Whatever a peer sends: no exception, one failure at most, never our fault. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../src/bytes.ts";
import {
  type EngineSnapshot,
  TlsEngine,
  type TlsVersion,
} from "../../src/engine/index.ts";
import {
  events,
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";

interface Point {
  readonly at: string;
  readonly engine: EngineSnapshot<TlsEngine>;
  /** What an honest peer would send next. */
  readonly honest: Uint8Array;
}

/** Every point of a connection at which a peer has the word. */
function points(version: TlsVersion): Point[] {
  const versions = [version];
  const { client, server } = newPair(
    testClientConfig({
      versions,
      credentials: [testCredential("ec-p256", "client")],
    }),
    testServerConfig({ versions, clientAuthentication: "required" }),
  );
  const list: Point[] = [];
  const speak = (at: string, from: TlsEngine, to: TlsEngine): void => {
    const honest = from.takeOutput();
    list.push({ at, engine: to.snapshot(), honest });
    to.receive(honest);
  };
  speak("ClientHello", client, server);
  speak("server flight", server, client);
  speak("client flight", client, server);
  expect(server.state).toBe("CONNECTED");
  if (version === "TLSv1.2") speak("server's Finished", server, client);
  else server.updateKeys(true);
  server.write(utf8Bytes("data"));
  server.close();
  speak("data and close", server, client);
  return list;
}

const change = fc.oneof(
  fc.record({ kind: fc.constant("set"), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("insert"), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("remove"), at: fc.nat(), byte: fc.nat(40) }),
  fc.record({ kind: fc.constant("repeat"), at: fc.nat(), byte: fc.nat(255) }),
);

function changed(
  bytes: Uint8Array,
  { kind, at, byte }: { kind: string; at: number; byte: number },
): Uint8Array {
  const i = at % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, i), bytes.subarray(i)];
  if (kind === "insert") return concat(head, Uint8Array.of(byte), tail);
  if (kind === "remove") return concat(head, tail.subarray(byte));
  if (kind === "repeat") return concat(head, tail.subarray(0, byte), tail);
  return concat(head, Uint8Array.of(byte), tail.subarray(1));
}

function survives(engine: TlsEngine, bytes: Uint8Array, cut: number): void {
  for (let at = 0; at < bytes.length; at += cut)
    engine.receive(bytes.subarray(at, at + cut));
  engine.takeOutput();
  engine.receiveEof();
  const failures = events(engine).filter(({ type }) => type === "failed");
  expect(failures.length).toBeLessThanOrEqual(1);
  expect(engine.error?.reason).not.toBe("internal_error");
  expect(engine.error?.reason).not.toBe("callback_failed");
}

describe.each(["TLSv1.3", "TLSv1.2"] as const)(
  "hostile bytes, %s",
  (version) => {
    for (const { at, engine, honest } of points(version)) {
      it(`in place of the ${at}: an honest one changed here and there`, () => {
        const changes = fc.array(change, { minLength: 1, maxLength: 4 });
        fc.assert(
          fc.property(
            changes,
            fc.integer({ min: 1, max: 2000 }),
            (list, cut) => {
              const bytes = list.reduce(
                (all, one) => changed(all, one),
                honest,
              );
              survives(TlsEngine.restore(engine), bytes, cut);
            },
          ),
          { numRuns: 300 },
        );
      });

      it(`in place of the ${at}: records of anything`, () => {
        const record = fc
          .tuple(
            fc.constantFrom(20, 21, 22, 22, 22, 23, 24, 0x80),
            fc.uint8Array({ maxLength: 80 }),
          )
          .map(([type, body]) =>
            concat(Uint8Array.of(type, 3, 3, 0, body.length), body),
          );
        fc.assert(
          fc.property(fc.array(record, { maxLength: 6 }), (records) => {
            survives(TlsEngine.restore(engine), concat(...records), 7);
          }),
          { numRuns: 300 },
        );
      });
    }

    it("the points are where they claim to be", () => {
      for (const { engine, honest } of points(version)) {
        const fork = TlsEngine.restore(engine);
        fork.receive(honest);
        expect(fork.error).toBeUndefined();
      }
      expect(shuttle(newPair()).server.state).toBe("CONNECTED");
    });
  },
);
