import { EVERY_FEATURE } from "../../features/every-feature.ts";
import type { ServerFeature } from "../hooks.ts";
import { serverRefusalDetails13 } from "./refusal-details.ts";
import { serverRefusalDetails } from "./refusal-details12.ts";

/** All that a server of puretls has. */
export const EVERY_SERVER_FEATURE: readonly ServerFeature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(serverRefusalDetails);

/** All that a server of TLS 1.3 alone has. */
export const EVERY_SERVER_FEATURE_13: readonly ServerFeature[] =
  /* @__PURE__ */ EVERY_FEATURE.concat(serverRefusalDetails13);
