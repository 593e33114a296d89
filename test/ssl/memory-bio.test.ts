import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryBIO, SSLError } from "../../src/index.ts";
import { bytes } from "./support.ts";

describe("MemoryBIO", () => {
  it("M-02 M-04: gives what was written, in order, as much as is asked", () => {
    const bio = new MemoryBIO();
    bio.write(bytes(1, 2, 3));
    bio.write(bytes(4, 5));
    expect(bio.pending).toBe(5);
    expect([...bio.read(2)]).toEqual([1, 2]);
    expect([...bio.read(2)]).toEqual([3, 4]);
    expect([...bio.read()]).toEqual([5]);
    expect(bio.read(10)).toHaveLength(0);
  });

  it("M-04 M-05: -5 reads all, 0 none", () => {
    const bio = new MemoryBIO();
    bio.write(bytes(1, 2));
    expect(bio.read(0)).toHaveLength(0);
    expect(bio.read(-5)).toHaveLength(2);
  });

  it("M-03 M-07 M-08: eof only when all was read; no write after it", () => {
    const bio = new MemoryBIO();
    bio.write(bytes(1));
    expect(bio.eof).toBe(false);
    bio.writeEof();
    expect(bio.eof).toBe(false);
    expect(() => bio.write(bytes(2))).toThrow(SSLError);
    bio.read();
    expect(bio.eof).toBe(true);
    expect(bio.read()).toHaveLength(0);
  });

  it("M-06: takes any view and no text, and answers the length", () => {
    const bio = new MemoryBIO();
    expect(bio.write(new Uint16Array([0x0102]))).toBe(2);
    expect(bio.write(new ArrayBuffer(3))).toBe(3);
    expect(bio.write(bytes())).toBe(0);
    expect(() => bio.write("text" as never)).toThrow(TypeError);
  });

  it("keeps a copy and gives out arrays that are the caller's", () => {
    const bio = new MemoryBIO();
    const data = bytes(1, 2, 3, 4);
    bio.write(data);
    data.fill(9);
    const first = bio.read(2);
    new Uint8Array(first.buffer).fill(7);
    expect([...first]).toEqual([7, 7]);
    expect([...bio.read()]).toEqual([3, 4]);
  });

  it("is the same queue in any split", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9 })),
        fc.array(fc.nat(12)),
        (writes, reads) => {
          const bio = new MemoryBIO();
          const all = writes.flatMap((part) => [...part]);
          for (const part of writes) bio.write(part);
          const got: number[] = [];
          for (const n of reads) got.push(...bio.read(n));
          expect(bio.pending).toBe(all.length - got.length);
          got.push(...bio.read());
          expect(got).toEqual(all);
        },
      ),
    );
  });
});
