/** Every message and extension of honest handshakes: read as fields, written again, edited. */
import { describe, expect, it } from "vitest";
import { equal, fromHex, toHex } from "../../src/bytes.ts";
import { CIPHER_SUITES } from "../../src/handshake/registries/cipher-suites.ts";
import { applyEdit } from "../../src/lab/message/apply.ts";
import {
  type Node,
  parseMessage,
  pathsOf,
  writeNode,
} from "../../src/lab/message/tree.ts";
import { dissectMessage } from "../../src/trace/dissect/dissect.ts";
import {
  cut,
  drop,
  edit,
  empty,
  flip,
  Lab,
  LabError,
  lie,
  playInMemory,
  scenario,
  set,
} from "../../src/lab/index.ts";
import { honestMessages } from "./support.ts";

const lab = new Lab();

const MESSAGES = honestMessages(lab);

const suites = {
  "TLSv1.3": CIPHER_SUITES.TLS_AES_128_GCM_SHA256,
  "TLSv1.2": CIPHER_SUITES.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
};

function depthFirst(node: Node): Node[] {
  return [node, ...(node.nodes ?? []).flatMap(depthFirst)];
}

describe("messages of honest handshakes", () => {
  it("are of every kind that both versions have", () => {
    const names = new Set(MESSAGES.map(({ name }) => name));
    expect([...names].sort()).toEqual([
      "certificate",
      "certificate_request",
      "certificate_verify",
      "client_hello",
      "client_key_exchange",
      "encrypted_extensions",
      "end_of_early_data",
      "finished",
      "hello_retry_request",
      "key_update",
      "new_session_ticket",
      "server_hello",
      "server_hello_done",
      "server_key_exchange",
    ]);
  });

  it("are written as they were read, with every length in its place", () => {
    for (const { raw, suite } of MESSAGES) {
      const tree = parseMessage(raw, suites[suite]);
      expect(toHex(writeNode(tree))).toBe(toHex(raw));
      const names = depthFirst(tree).map(({ name }) => name);
      expect(names).not.toContain("malformed");
    }
  });

  it("have no field that cannot be changed by its name", () => {
    for (const { raw, suite } of MESSAGES)
      for (const path of new Set(pathsOf(parseMessage(raw, suites[suite])))) {
        const changed = applyEdit(raw, edit.field(path, drop), suites[suite]);
        expect(changed.length, path).toBeLessThanOrEqual(raw.length);
        // The header and all lengths fit again.
        expect(changed.length).toBe(
          4 +
            ((changed[1] ?? 0) << 16) +
            ((changed[2] ?? 0) << 8) +
            (changed[3] ?? 0),
        );
        for (const change of [flip(), cut(), empty, lie(1), set(7)])
          applyEdit(raw, edit.field(path, change), suites[suite]);
      }
  });

  it("have lengths that lie where they are told to, and nowhere else", () => {
    for (const { raw, suite } of MESSAGES) {
      const tree = parseMessage(raw, suites[suite]);
      for (const node of depthFirst(tree)) {
        if (node.lengthBytes === 0) continue;
        node.lie = 1;
        const lying = writeNode(tree);
        node.lie = 0;
        expect(lying.length).toBe(raw.length);
        let differing = 0;
        for (let i = 0; i < raw.length; i++)
          if (lying[i] !== raw[i]) differing++;
        expect(differing).toBeGreaterThan(0);
        expect(differing).toBeLessThanOrEqual(node.lengthBytes);
      }
    }
  });
});

describe("edits", () => {
  const hello = MESSAGES.find(({ name }) => name === "client_hello")?.raw;
  if (hello === undefined) throw new Error("a hello is wanted");
  const fields = (raw: Uint8Array): string[] =>
    dissectMessage(raw, { suite: undefined }).map(({ name }) => name);

  it("take extensions out, double them, and put them in order", () => {
    const count = (raw: Uint8Array, name: string): number =>
      fields(raw).filter((one) => one === name).length;
    const double = { change: "double" } as const;
    const twice = applyEdit(
      hello,
      edit.extension("key_share", double),
      undefined,
    );
    expect([count(hello, "key_share"), count(twice, "key_share")]).toEqual([
      1, 2,
    ]);
    const without = applyEdit(
      hello,
      edit.extension("key_share", drop),
      undefined,
    );
    expect(count(without, "key_share")).toBe(0);
    const turned = applyEdit(hello, edit.extensions("reverse"), undefined);
    expect(turned.length).toBe(hello.length);
    expect(equal(turned, hello)).toBe(false);
    expect(
      toHex(applyEdit(turned, edit.extensions("reverse"), undefined)),
    ).toBe(toHex(hello));
    const added = applyEdit(
      hello,
      edit.addExtension(0xabcd, "0102", "first"),
      undefined,
    );
    expect(toHex(added)).toContain("abcd00020102");
  });

  it("change numbers and bytes, by the bit too", () => {
    const one = edit.all(
      edit.field("legacy_version", set(0x0302)),
      edit.field("random", set("ff".repeat(32))),
      edit.field("random", flip(0)),
    );
    const changed = applyEdit(hello, one, undefined);
    expect(toHex(changed.subarray(4, 6))).toBe("0302");
    expect(toHex(changed.subarray(6, 8))).toBe("7fff");
    const custom = edit.custom((raw) => raw.subarray(0, 5));
    expect(applyEdit(hello, custom, undefined).length).toBe(5);
    expect(
      toHex(applyEdit(fromHex("1400000100"), edit.bytes(cut(3)), undefined)),
    ).toBe("1400");
  });

  it("name the fields that there are where one is not", () => {
    expect(() =>
      applyEdit(hello, edit.field("nothing", drop), undefined),
    ).toThrow(LabError);
    expect(() =>
      applyEdit(hello, edit.extension("cookie", drop), undefined),
    ).toThrow(/no extension cookie; it has .*key_share/);
  });

  it("are data: a scenario with them is JSON, and plays the same", () => {
    const one = scenario("tls13")
      .beforeSend("client_hello", edit.extension("key_share", drop))
      .expectAlert("missing_extension");
    const text = JSON.stringify(one);
    expect(text).toContain('"extension":"key_share"');
    expect(playInMemory(one, { lab }).verdict).toBe("pass");
  });
});
