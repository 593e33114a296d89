/** Certificates and keys of this side: how a context gets and finds them. */
import {
  type CertChainSource,
  type AsyncPassword,
  loadCredential,
  type LoadedCredential,
  loadRawPublicKey,
  type OpaqueKey,
  pfxOfAsync,
  type RawPublicKeySource,
} from "../material/key-material.ts";
import {
  type Credential,
  withIssuers,
} from "../../handshake/credentials/credential.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { checkOwnChain } from "../../x509/path/own-chain.ts";
import { issuersInStore } from "../../x509/path/complete-chain.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import type { TrustStore } from "../../x509/trust/trust-store.ts";
import { hasPfx, type LoadedPfx } from "../material/pfx.ts";
import { reading } from "../material/reading.ts";
import { withoutNulls } from "../names/arguments.ts";
import type { Change, ContextKind, Settings } from "./settings.ts";

/** @throws what {@link loadCredential} throws */
export function withCertChain(
  settings: Settings,
  { provider, platform }: ContextKind,
  source: CertChainSource,
  fromFile?: LoadedPfx,
): Change {
  const { credentials, securityLevel } = settings;
  return added(
    credentials,
    loadCredential(provider, source, platform, securityLevel, fromFile),
  );
}

/** @throws what {@link loadRawPublicKey} throws */
export function withRawPublicKey(
  { credentials }: Settings,
  { provider, platform }: ContextKind,
  source: RawPublicKeySource,
): Change {
  return added(credentials, loadRawPublicKey(provider, source, platform));
}

/** One for each kind of key: a second one takes the first one's place. */
function added(
  present: readonly LoadedCredential[],
  loaded: LoadedCredential,
): Change {
  const { algorithm, certificateType } = loaded.credential;
  const others = present.filter(
    ({ credential }) =>
      credential.algorithm !== algorithm ||
      credential.certificateType !== certificateType,
  );
  // Whoever takes a bare key at all would rather have it: those stand first.
  const credentials =
    certificateType === undefined ? [...others, loaded] : [loaded, ...others];
  return { credentials };
}

/** Returns the signer of a credential whose key is elsewhere. */
export function signerOf(
  { credentials }: Settings,
  credential: Credential,
): OpaqueKey | undefined {
  const own = LOADED.get(credential) ?? credential;
  return credentials.find((loaded) => loaded.credential === own)?.signer;
}

/**
 * Returns the credentials as they are presented. A leaf that was loaded alone gets
 * the certificates above it, as far as the context trusts them, the root included:
 * as OpenSSL does without SSL_MODE_NO_AUTO_CHAIN. A chain that the security level
 * refuses is not completed.
 */
export function presentedCredentials(
  settings: Settings,
  { provider }: ContextKind,
): readonly Credential[] {
  const { credentials, trustStore, autoChain } = settings;
  return credentials.map(({ credential }) =>
    autoChain &&
    credential.chain.length === 1 &&
    credential.certificateType === undefined
      ? completed(
          credential,
          trustStore,
          settings.securityLevel,
          provider.now(),
        )
      : credential,
  );
}

/** The highest level at which a chain was found strong enough, beyond its loading. */
const CHECKED = new WeakMap<Credential, SecurityLevel>();

/**
 * Refuses a chain that was loaded at a lower level than the context has now, as
 * OpenSSL does when it is to be presented.
 *
 * @throws SSLError EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK
 */
export function requireStrongChains({
  credentials,
  securityLevel: level,
}: Settings): void {
  for (const { credential } of credentials) {
    if (credential.certificateType !== undefined) continue;
    if ((CHECKED.get(credential) ?? -1) >= level) continue;
    reading("securityLevel", () => {
      checkOwnChain(credential.chain.map(Certificate.parse), level);
    });
    CHECKED.set(credential, level);
  }
}

interface Completed {
  readonly credential: Credential;
  readonly level: SecurityLevel;
  /** Milliseconds since the epoch: another issuer may be better from then on. */
  readonly until: number;
}

/** Chains are completed once for a store: neither it nor the leaf changes. */
const COMPLETED = new WeakMap<TrustStore, WeakMap<Credential, Completed>>();
/** The credential that was loaded, by the one that was made of it. */
const LOADED = new WeakMap<Credential, Credential>();

function completed(
  loaded: Credential,
  store: TrustStore,
  level: SecurityLevel,
  now: number,
): Credential {
  const known = COMPLETED.get(store)?.get(loaded);
  if (known !== undefined && known.level === level && now <= known.until)
    return known.credential;
  const [der] = loaded.chain;
  const issuers =
    der === undefined ? [] : issuersInStore(Certificate.parse(der), store, now);
  const credential = orLoaded(loaded, issuers, level);
  if (credential !== loaded) LOADED.set(credential, loaded);
  const until = Math.min(...issuers.map(({ notAfter }) => notAfter));
  const ofStore = COMPLETED.get(store) ?? new WeakMap<Credential, Completed>();
  COMPLETED.set(store, ofStore.set(loaded, { credential, level, until }));
  return credential;
}

function orLoaded(
  loaded: Credential,
  issuers: readonly Certificate[],
  level: SecurityLevel,
): Credential {
  try {
    return issuers.length === 0 ? loaded : withIssuers(loaded, issuers, level);
  } catch (error) {
    if (error instanceof X509Error) return loaded;
    throw error;
  }
}

/** A chain whose password may come later. */
export type AsyncCertChainSource = Omit<CertChainSource, "password"> & {
  readonly password?: AsyncPassword;
};

/**
 * Loads a chain whose password may come later. It is asked for only if the key
 * is encrypted, as the callback of Python, and for a PKCS#12 file, which is read
 * without blocking for long.
 *
 * @throws what `load` and the callback throw
 */
export async function loadAsync(
  options: AsyncCertChainSource,
  { provider, platform }: ContextKind,
  load: (source: CertChainSource, fromFile?: LoadedPfx) => void,
): Promise<void> {
  const { password, ...source } = withoutNulls(options);
  if (hasPfx(source)) {
    // Its password is the file's: there is no way to see whether it needs one.
    const known = typeof password === "function" ? await password() : password;
    load(source, await pfxOfAsync(provider, source, platform, known ?? ""));
    return;
  }
  if (typeof password !== "function") {
    load(password === undefined ? source : { ...source, password });
    return;
  }
  let asked = false;
  const ask = (): string => {
    asked = true;
    return "";
  };
  try {
    load({ ...source, password: ask });
  } catch (error) {
    if (!asked) throw error;
    load({ ...source, password: await password() });
  }
}
