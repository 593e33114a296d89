/** Answers the engine's needs for the shim. */
import { equal } from "../../src/bytes.ts";
import {
  type Answer,
  type Credential,
  type Need,
  type Reason,
  REASONS,
  TlsError,
} from "../../src/engine/index.ts";
import { verifiedByCaller, verifiedKeyByCaller } from "../../src/x509/index.ts";
import { alpnNames } from "./code-points.ts";
import { namesOf, signWith } from "./credentials.ts";
import { expect } from "./outcome.ts";
import { pskOf, type Setting, verifies } from "./settings.ts";

/** The needs that were answered so far. */
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
      const one = loaded.find(
        (each) => each.credential.chain === need.credential.chain,
      );
      if (one === undefined) throw new Error("a credential of nobody");
      const signature = signWith(provider, one, need.scheme, need.content);
      return { type: "signed", signature };
    }
    case "session":
      return {
        type: "session_found",
        session: setting.memory.store.take(need.id),
      };
    case "psk":
      return { type: "psk_found", psk: pskOf(setting.flags)(need.request) };
    case "strike":
      return {
        type: "struck",
        first: setting.memory.strike(need.key, need.until),
      };
  }
}

function judged(
  { flags, seen }: Setting,
  asked: Asked,
  need: Extract<Need, { type: "verify" }>,
): Answer {
  expect(!asked.verified, "a certificate judged twice");
  asked.verified = true;
  seen.peer = need.peer;
  seen.name = need.context.serverName;
  seen.isRefused = flags["verify-fail"];
  const { rawPublicKey } = need.peer;
  if (rawPublicKey !== undefined && !flags["verify-fail"]) {
    return {
      type: "verified",
      chain: verifiedKeyByCaller(rawPublicKey, need.context),
    };
  }
  if (flags["fail-ocsp-callback"])
    return refusal("bad_certificate_status_response");
  const mayFail = verifies(flags) || rawPublicKey !== undefined;
  if (!flags["verify-fail"] || !mayFail)
    return {
      type: "verified",
      chain: verifiedByCaller(need.peer, need.context),
    };
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
  if (flags["fail-early-callback"])
    return {
      type: "refused",
      error: new Error("the client is turned away"),
      alert: "handshake_failure",
    };
  if (flags["fail-ddos-callback"] || flags["fail-ocsp-callback"])
    return { type: "refused", error: new Error("the client is turned away") };
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
  const types = flags["expect-certificate-types"];
  if (types !== undefined)
    expect(
      String(request?.certificateTypes) === String([...types]),
      `certificate types ${String(request?.certificateTypes)}`,
    );
  const alpn = flags["expect-advertised-alpn"];
  if (alpn !== undefined)
    expect(
      String(extensions?.application_layer_protocol_negotiation) ===
        String(alpnNames(alpn)),
      "ALPN names offered",
    );
  const credentials = loaded.map((one) => one.credential);
  return {
    type: "certificate_chosen",
    credentials: flags["decline-ocsp-callback"]
      ? credentials.map(withoutResponse)
      : credentials,
  };
}

function withoutResponse({
  ocspResponse: _ocspResponse,
  ...rest
}: Credential): Credential {
  return rest;
}

function refusal(reason: Reason): Answer {
  return { type: "refused", error: new TlsError(REASONS[reason]) };
}

function sameNames(
  a: readonly Uint8Array[] = [],
  b: readonly Uint8Array[],
): boolean {
  return (
    a.length === b.length && a.every((name, i) => equal(name, b[i] ?? name))
  );
}
