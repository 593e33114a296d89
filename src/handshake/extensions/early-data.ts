import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  emptyBody,
  type ExtensionSpec,
} from "./spec.ts";

/** max_early_data_size */
const maxEarlyDataSize: BodyCodec<number> = {
  write: (writer, size) => writer.u32(size),
  read: (reader) => reader.u32(),
};

/** RFC 8446 4.2.10; a server that wants none reads it so as to skip the data. */
export const earlyData: ExtensionSpec = {
  name: "early_data",
  type: ExtensionType.early_data,
  carriers: {
    client_hello: carriedAs("early_data", emptyBody),
    encrypted_extensions: carriedAs("early_data", emptyBody),
    new_session_ticket: carriedAs("early_data", maxEarlyDataSize),
  },
  offer: ({ earlyData: offered }, into) => {
    if (offered) into.early_data = true;
  },
};
