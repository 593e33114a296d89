/** The versions of an options object, by Node's names. */
import type { TLSVersionName } from "../../ssl/constants.ts";
import { found } from "../../options.ts";
import { currentDefault } from "../base/defaults.ts";
import { nodeError, typeError } from "../base/errors.ts";

/** Options that bound the versions. */
export interface VersionOptions {
  readonly minVersion?: unknown;
  readonly maxVersion?: unknown;
  readonly secureProtocol?: unknown;
}

/** The range of versions of a context. */
export interface VersionRange {
  readonly minimumVersion: TLSVersionName;
  readonly maximumVersion: TLSVersionName;
}

/** Node's names, from the oldest. */
const NAMES: readonly unknown[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const NEWEST = "TLSv1.3";

/** OpenSSL's methods of a version alone or of all, for either role. */
const METHOD =
  /^(SSLv2|SSLv3|SSLv23|TLSv1|TLSv1_1|TLSv1_2|TLS)(?:_client|_server)?_method$/;

/**
 * Returns the range that the options leave.
 *
 * @throws TypeError ERR_TLS_INVALID_PROTOCOL_VERSION, ERR_TLS_INVALID_PROTOCOL_METHOD,
 *   ERR_TLS_PROTOCOL_VERSION_CONFLICT, also for versions before TLS 1.2
 */
export function versionRange(options: VersionOptions): VersionRange {
  const { secureProtocol } = options;
  const minVersion = options.minVersion ?? undefined;
  const maxVersion = options.maxVersion ?? undefined;
  if (secureProtocol) {
    for (const version of [minVersion, maxVersion])
      if (version !== undefined)
        throw typeError(
          "ERR_TLS_PROTOCOL_VERSION_CONFLICT",
          `secureProtocol: ${found(secureProtocol)} and the version ${found(version)} cannot be given together: name versions alone`,
        );
    return rangeOfMethod(secureProtocol);
  }
  const least = numberOf(
    "minVersion",
    "minimum",
    minVersion ?? currentDefault("DEFAULT_MIN_VERSION"),
  );
  const most = numberOf(
    "maxVersion",
    "maximum",
    maxVersion ?? currentDefault("DEFAULT_MAX_VERSION"),
  );
  if (most < 2)
    throw typeError(
      "ERR_TLS_INVALID_PROTOCOL_VERSION",
      `maxVersion: ${found(maxVersion)}; puretls speaks TLSv1.2 and TLSv1.3`,
    );
  return {
    minimumVersion: least === 3 ? "TLSv1.3" : "TLSv1.2",
    maximumVersion: most === 3 ? "TLSv1.3" : "TLSv1.2",
  };
}

function numberOf(option: string, which: string, version: unknown): number {
  const number = NAMES.indexOf(version);
  if (number >= 0) return number;
  throw typeError(
    "ERR_TLS_INVALID_PROTOCOL_VERSION",
    `${option}: ${found(version)} is not a valid ${which} TLS protocol version; TLSv1.2 and TLSv1.3 are allowed`,
  );
}

function rangeOfMethod(method: unknown): VersionRange {
  const [, name] =
    typeof method === "string" ? (METHOD.exec(method) ?? []) : [];
  switch (name) {
    case "TLS":
    case "SSLv23":
      return { minimumVersion: "TLSv1.2", maximumVersion: NEWEST };
    case "TLSv1_2":
      return { minimumVersion: "TLSv1.2", maximumVersion: "TLSv1.2" };
    case undefined:
      throw typeError(
        "ERR_TLS_INVALID_PROTOCOL_METHOD",
        `secureProtocol: Unknown method: ${found(method)}; TLS_method and TLSv1_2_method are allowed`,
      );
    default:
      throw nodeError(
        "ERR_TLS_INVALID_PROTOCOL_METHOD",
        `secureProtocol: ${found(method)}: ${name} methods disabled: puretls speaks TLSv1.2 and TLSv1.3`,
      );
  }
}
