/** From flags to the config of an engine. */
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  type ClientConfig,
  clientConfig,
  type CommonOptions,
  type ServerConfig,
  serverConfig,
} from "../../src/engine/index.ts";
import {
  type CertificateVerifier,
  verifiedByCaller,
} from "../../src/x509/index.ts";
import {
  alpnNames,
  GROUPS_BY_DEFAULT,
  groupNames,
  schemeNames,
  VERIFIES_BY_DEFAULT,
} from "./code-points.ts";
import { type Loaded, namesOf } from "./credentials.ts";
import type { Flags } from "./flags.ts";
import { Unimplemented } from "./outcome.ts";

const TLS13 = 0x0304;

export interface Setting {
  readonly flags: Flags;
  readonly provider: CryptoProvider;
  readonly loaded: readonly Loaded[];
  readonly keyLog: (line: string) => void;
}

/** Whether what asks is answered by the shim and not by the config. */
export function asks(flags: Flags): boolean {
  return flags.async || failsLate(flags);
}

function failsLate(flags: Flags): boolean {
  return (
    flags["fail-cert-callback"] ||
    flags["fail-early-callback"] ||
    flags["fail-ddos-callback"] ||
    flags["expect-peer-verify-pref"] !== undefined ||
    flags["expect-client-ca-list"] !== undefined ||
    flags["expect-advertised-alpn"] !== undefined ||
    flags.credentials.some((one) => one["must-match-issuer"])
  );
}

/** @throws Unimplemented */
export function clientOf(setting: Setting): ClientConfig {
  const { flags, loaded } = setting;
  const shares = flags["key-shares"];
  const groups = groupsOf(flags);
  return clientConfig({
    ...common(setting),
    verifier: verifierOf(flags),
    credentials: asks(flags) ? "ask" : loaded.map((one) => one.credential),
    alpnProtocols: alpnNames(flags["advertise-alpn"] ?? ""),
    grease: flags["enable-grease"],
    ...(shares && { keyShares: groupNames(shares) }),
    ...(flags["no-key-shares"] && { keyShares: [] }),
    groups,
  });
}

/** @throws Unimplemented */
export function serverOf(setting: Setting): ServerConfig {
  const { flags, loaded } = setting;
  const names = flags["use-client-ca-list"];
  return serverConfig({
    ...common(setting),
    verifier: verifierOf(flags),
    credentials:
      asks(flags) || loaded.length === 0
        ? "ask"
        : loaded.map((one) => one.credential),
    clientAuthentication: flags["require-any-client-certificate"]
      ? "required"
      : flags["verify-peer"]
        ? "optional"
        : "none",
    ...(names !== undefined && { certificateAuthorities: namesOf(names) }),
    ...serverAlpn(flags),
    groups: groupsOf(flags),
  });
}

function serverAlpn(flags: Flags) {
  const selected = flags["select-alpn"];
  // What no client offers: the config's way to say that nothing will do.
  if (flags["reject-alpn"]) return { alpnProtocols: ["\xff"] };
  return {
    alpnProtocols:
      selected === undefined || flags["decline-alpn"] ? [] : [selected],
    alpnMismatch: "ignore",
  } as const;
}

function common({ flags, provider, keyLog }: Setting): CommonOptions {
  checkVersions(flags);
  const schemes = flags["verify-prefs"];
  const length = flags["max-cert-list"];
  return {
    provider,
    keyLog,
    signatureSchemes: schemes ? schemeNames(schemes) : VERIFIES_BY_DEFAULT,
    ...(length !== undefined && { limits: { certificateMessage: length } }),
  };
}

function groupsOf(flags: Flags) {
  const codes = flags.curves;
  return codes ? groupNames(codes) : GROUPS_BY_DEFAULT;
}

/** @throws Unimplemented when TLS 1.3 is not among the versions wanted */
function checkVersions(flags: Flags): void {
  const { "min-version": least = 0, "max-version": most = TLS13 } = flags;
  if (flags["no-tls13"] || least > TLS13 || most < TLS13)
    throw new Unimplemented("a version");
}

/** Whether there is somebody whom the peer has to convince. */
export function verifies(flags: Flags): boolean {
  return flags["verify-peer"] || flags["require-any-client-certificate"];
}

/** Accepts everyone, as the runner's certificates want it. */
function verifierOf(flags: Flags): CertificateVerifier | "ask" {
  if (flags.async || (flags["verify-fail"] && verifies(flags))) return "ask";
  return { verify: (peer) => verifiedByCaller(peer) };
}
