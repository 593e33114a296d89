import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../src/bytes.ts";
import { Deframer } from "../../src/record/deframer.ts";
import { newRecord } from "../../src/record/protection.ts";
import { WriteHalf } from "../../src/record/write-half.ts";

function framed(fragments: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...fragments.map((fragment) => {
      const record = newRecord(23, 0x0303, fragment.length);
      record.set(fragment, 5);
      return record;
    }),
  );
}

/** Feeds a deframer, spoiling each array once it has been settled. */
function deframe(
  deframer: Deframer,
  stream: Uint8Array,
  cuts: readonly number[],
): string[] {
  const records: string[] = [];
  let at = 0;
  for (const cut of [...cuts, stream.length]) {
    const part = stream.slice(at, at + cut);
    at += part.length;
    deframer.push(part);
    for (;;) {
      const raw = deframer.next({ maxFragment: () => 2 ** 14 });
      if (raw === undefined) break;
      records.push(toHex(raw.fragment));
    }
    deframer.settle();
    part.fill(0xee);
  }
  return records;
}

const fragments = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
const cuts = fc.array(fc.nat(30), { maxLength: 20 });

describe("Deframer", () => {
  it("gives the same records in every cut, and copies what it keeps", () => {
    fc.assert(
      fc.property(fragments, cuts, (list, where) => {
        expect(deframe(new Deframer(), framed(list), where)).toEqual(
          list.map((fragment) => toHex(fragment)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("forks in the middle of a record", () => {
    fc.assert(
      fc.property(fragments, fc.nat(200), (list, where) => {
        const stream = framed(list);
        const original = new Deframer();
        const head = deframe(original, stream.subarray(0, where), []);
        const fork = original.clone();
        const tail = stream.subarray(where);
        const rest = deframe(original, tail, []);
        expect(deframe(fork, tail, [3])).toEqual(rest);
        expect([...head, ...rest]).toHaveLength(list.length);
      }),
    );
  });

  it("hands back what it did not read", () => {
    const deframer = new Deframer();
    const stream = concat(framed([Uint8Array.of(1)]), Uint8Array.of(23, 3, 3));
    deframe(deframer, stream, []);
    deframer.push(Uint8Array.of(0, 9));
    expect(deframer.buffered).toBe(5);
    expect(toHex(deframer.takeBuffered())).toBe("1703030009");
    expect(deframer.buffered).toBe(0);
  });
});

describe("WriteHalf", () => {
  it("puts one flight into one record, and a new one after a change", () => {
    const half = new WriteHalf();
    half.handshake(Uint8Array.of(1));
    half.handshake(Uint8Array.of(2));
    half.setFinalRecordVersion();
    half.handshake(Uint8Array.of(3));
    half.changeCipherSpec();
    half.handshake(Uint8Array.of(4));
    expect(toHex(half.takeOutput())).toBe(
      "16030100020102" + "160303000103" + "140303000101" + "160303000104",
    );
    expect(half.takeOutput()).toHaveLength(0);
  });

  it("lays a record out so that its fragment is aligned", () => {
    const half = new WriteHalf();
    half.write(23, Uint8Array.of(1));
    expect((half.takeOutput().byteOffset + 5) % 8).toBe(0);
  });
});
