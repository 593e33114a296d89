import { ExtensionType } from "../../wire/code-points.ts";
import { GROUPS } from "../groups.ts";
import { carriedAs, type ExtensionSpec, u16ListBody } from "./spec.ts";

/** RFC 8446 4.2.7. */
export const supportedGroups: ExtensionSpec = {
  name: "supported_groups",
  type: ExtensionType.supported_groups,
  carriers: {
    client_hello: carriedAs("supported_groups", u16ListBody),
    // No server should, and some do: it says nothing that binds anybody.
    server_hello12: carriedAs("supported_groups", u16ListBody),
    encrypted_extensions: carriedAs("supported_groups", u16ListBody),
  },
  offer: ({ groups }, into) => {
    into.supported_groups = groups.map((name) => GROUPS[name]);
  },
};
