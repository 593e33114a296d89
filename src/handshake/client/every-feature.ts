import { EVERY_FEATURE } from "../every-feature.ts";
import type { Feature } from "../features.ts";
import { clientCertificates } from "./certificates.ts";
import { clientSessions13 } from "./sessions.ts";
import { clientSessions } from "./sessions12.ts";

/** All that a client of puretls has. */
export const EVERY_CLIENT_FEATURE: readonly Feature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(clientSessions, clientCertificates);

/** All that a client of TLS 1.3 alone has. */
export const EVERY_CLIENT_FEATURE_13: readonly Feature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(clientSessions13, clientCertificates);
