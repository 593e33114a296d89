/** The client of `puretls/lite`, whatever versions it speaks. */
import type { BytesLike } from "../bytes.ts";
import type { createClientConfigOf } from "../engine/configs.ts";
import { TlsEngine } from "../engine/tls-engine.ts";
import { kindOf, type Names, requireNames } from "../options.ts";
import type { AbortSignalLike, Transport } from "../ssl/socket/transport.ts";
import { constrainedNames } from "../x509/checks/name-constraints.ts";
import { strictProfile } from "../x509/checks/strict-rules.ts";
import type { RootProgram } from "../x509/trust/root-program.ts";
import { TrustStore } from "../x509/trust/trust-store.ts";
import { createVerifierOf } from "../x509/verifier.ts";
import { liteProvider } from "./provider.ts";
import { LiteSocket } from "./socket.ts";

/** Options of `connect()`: whom to trust, and whom to expect. */
export interface LiteOptions {
  /** DNS name (A-labels) or IP address that the server's certificate must have. */
  readonly serverHostname: string;
  /** Certificates to trust: PEM text or bytes, or DER. */
  readonly ca?: string | BytesLike | readonly (string | BytesLike)[];
  /** A list of roots to trust: `mozillaRoots` of `puretls/roots`. */
  readonly roots?: RootProgram;
  /** Protocols to offer (RFC 7301), the best first. */
  readonly alpnProtocols?: readonly string[];
  /** Ends the handshake with the signal's reason. */
  readonly signal?: AbortSignalLike;
}

const OPTIONS: Names<LiteOptions> = {
  serverHostname: true,
  ca: true,
  roots: true,
  alpnProtocols: true,
  signal: true,
};

/** Connects over a transport with the configs of that function. */
export async function connectWith(
  configOf: typeof createClientConfigOf,
  transport: Transport,
  options: LiteOptions,
): Promise<LiteSocket> {
  requireNames("connect", options, OPTIONS);
  const { serverHostname, alpnProtocols, signal } = options;
  // The name would not be verified, or a name that no certificate has.
  if (typeof serverHostname !== "string" || !/^[!-~]+$/.test(serverHostname))
    throw new TypeError(
      `connect: serverHostname: ${kindOf(serverHostname)}; expected a DNS name in A-labels (xn--) or an IP address`,
    );
  const config = configOf([], {
    provider: liteProvider,
    verifier: createVerifierOf([constrainedNames, strictProfile], {
      provider: liteProvider,
      trustStore: storeOf(options),
      profile: "strict",
    }),
    ...(alpnProtocols !== undefined && { alpnProtocols }),
  });
  const engine = TlsEngine.client(config, serverHostname);
  const socket = new LiteSocket(engine, transport);
  await socket.handshake(signal);
  return socket;
}

/** @throws TypeError where nothing is trusted, X509Error for what cannot be read */
function storeOf({ ca, roots }: LiteOptions): TrustStore {
  const store = new TrustStore();
  const given = ca === undefined ? [] : isList(ca) ? ca : [ca];
  for (const one of given) store.add(one, "ca");
  if (roots !== undefined) {
    const certificates = roots.certificates();
    store.addBundle({ certificates, skipped: [] }, roots.name);
  }
  if (store.size === 0)
    throw new TypeError(
      "connect: nothing is trusted; give ca, or mozillaRoots of puretls/roots as roots",
    );
  return store;
}

function isList(
  ca: NonNullable<LiteOptions["ca"]>,
): ca is readonly (string | BytesLike)[] {
  return Array.isArray(ca);
}
