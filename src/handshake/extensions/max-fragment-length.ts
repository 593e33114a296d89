import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  type FragmentLength,
} from "./spec.ts";

/** In the order of their codes, from 1, RFC 6066 4. */
export const FRAGMENT_LENGTHS: readonly FragmentLength[] = [
  512, 1024, 2048, 4096,
];

const body: BodyCodec<FragmentLength> = {
  write: (writer, length) => writer.u8(FRAGMENT_LENGTHS.indexOf(length) + 1),
  read: (reader) => {
    const length = FRAGMENT_LENGTHS[reader.u8() - 1];
    // RFC 6066 4: a value that is not listed is an illegal_parameter.
    if (length === undefined)
      throw new TlsError(reason.illegal_parameter, {
        detail: "max_fragment_length: no such length",
      });
    return length;
  },
};

/** RFC 6066 4. */
export const maxFragmentLength: ExtensionSpec = {
  name: "max_fragment_length",
  type: ExtensionType.max_fragment_length,
  carriers: {
    client_hello: carriedAs("max_fragment_length", body),
    server_hello12: carriedAs("max_fragment_length", body),
    encrypted_extensions: carriedAs("max_fragment_length", body),
  },
  offer: ({ config }, into) => {
    if (config.maxFragmentLength !== undefined)
      into.max_fragment_length = config.maxFragmentLength;
  },
};
