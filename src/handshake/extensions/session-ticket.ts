import { ExtensionType } from "../../wire/code-points.ts";
import {
  carriedAs,
  emptyBody,
  type ExtensionSpec,
  opaqueBody,
} from "./spec.ts";

/** RFC 5077 3.2, for TLS 1.2: a ticket, or an empty body to ask for one. */
export const sessionTicket: ExtensionSpec = {
  name: "session_ticket",
  type: ExtensionType.session_ticket,
  carriers: {
    client_hello: carriedAs("session_ticket", opaqueBody),
    server_hello12: carriedAs("session_ticket", emptyBody),
  },
  offer: ({ ticket12 }, into) => {
    if (ticket12 !== undefined) into.session_ticket = ticket12;
  },
};
