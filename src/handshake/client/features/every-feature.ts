import { EVERY_FEATURE } from "../../features/every-feature.ts";
import type { ClientFeature } from "../hooks.ts";
import { clientCertificates } from "./client-certificates.ts";
import { clientRefusalDetails } from "./refusal-details.ts";
import { clientSessions, clientSessions13 } from "./sessions.ts";

/** All that a client of puretls has. */
export const EVERY_CLIENT_FEATURE: readonly ClientFeature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(
    clientSessions,
    clientCertificates,
    clientRefusalDetails,
  );

/** All that a client of TLS 1.3 alone has. */
export const EVERY_CLIENT_FEATURE_13: readonly ClientFeature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(
    clientSessions13,
    clientCertificates,
    clientRefusalDetails,
  );
