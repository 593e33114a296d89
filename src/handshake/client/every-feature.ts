import { EVERY_FEATURE } from "../every-feature.ts";
import type { Feature } from "../features.ts";
import { clientCertificates } from "./certificates.ts";
import { clientSessions } from "./sessions.ts";

/** All that a client of puretls has. */
export const EVERY_CLIENT_FEATURE: readonly Feature[] = [
  ...EVERY_FEATURE,
  clientSessions,
  clientCertificates,
];
