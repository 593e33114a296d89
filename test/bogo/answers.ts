/** What the shim says when the engine asks. */
import { equal } from "../../src/bytes.ts";
import type { Answer, Need } from "../../src/engine/index.ts";
import { verifiedByCaller } from "../../src/x509/index.ts";
import { alpnNames } from "./code-points.ts";
import { fitting, namesOf, signWith } from "./credentials.ts";
import { expect } from "./outcome.ts";
import { type Setting, verifies } from "./settings.ts";

/** What was asked for so far. */
export interface Asked {
  verified: boolean;
}

export function answer(setting: Setting, asked: Asked, need: Need): Answer {
  switch (need.type) {
    case "verify":
      return judged(setting, asked, need);
    case "certificate":
      return chosen(setting, need);
    case "sign": {
      const { provider, loaded } = setting;
      const one = loaded.find((each) => each.credential === need.credential);
      if (one === undefined) throw new Error("a credential of nobody");
      const signature = signWith(provider, one, need.scheme, need.content);
      return { type: "signed", signature };
    }
    case "session":
      return { type: "session_found", session: undefined };
    case "psk":
      return { type: "psk_found", psk: undefined };
  }
}

function judged(
  { flags }: Setting,
  asked: Asked,
  need: Extract<Need, { type: "verify" }>,
): Answer {
  expect(!asked.verified, "a certificate judged twice");
  asked.verified = true;
  if (!flags["verify-fail"] || !verifies(flags))
    return { type: "verified", chain: verifiedByCaller(need.peer) };
  const error = new Error("-verify-fail");
  // BoringSSL's two kinds of callback end with two kinds of alert.
  const alert = flags["use-custom-verify-callback"]
    ? "certificate_unknown"
    : "handshake_failure";
  return { type: "refused", error, alert };
}

function chosen(
  { flags, loaded }: Setting,
  need: Extract<Need, { type: "certificate" }>,
): Answer {
  const { clientHello, request } = need;
  if (flags["fail-early-callback"] || flags["fail-ddos-callback"])
    return {
      type: "refused",
      error: new Error("the client is turned away"),
      alert: "handshake_failure",
    };
  if (flags["fail-cert-callback"])
    return { type: "refused", error: new Error("no certificate is chosen") };
  const { extensions } = clientHello ?? {};
  const schemes = request?.signatureSchemes ?? extensions?.signature_algorithms;
  const wanted = flags["expect-peer-verify-pref"];
  if (wanted !== undefined)
    expect(
      schemes?.length === wanted.length &&
        schemes.every((code, i) => code === wanted[i]),
      `signature algorithms ${String(schemes)}`,
    );
  const names = flags["expect-client-ca-list"];
  if (names !== undefined)
    expect(sameNames(request?.authorities, namesOf(names)), "authorities");
  const alpn = flags["expect-advertised-alpn"];
  if (alpn !== undefined)
    expect(
      String(extensions?.application_layer_protocol_negotiation) ===
        String(alpnNames(alpn)),
      "ALPN names offered",
    );
  const authorities =
    request?.authorities ?? extensions?.certificate_authorities ?? [];
  return {
    type: "certificate_chosen",
    credentials: fitting(loaded, authorities),
  };
}

function sameNames(
  a: readonly Uint8Array[] = [],
  b: readonly Uint8Array[],
): boolean {
  return (
    a.length === b.length && a.every((name, i) => equal(name, b[i] ?? name))
  );
}
