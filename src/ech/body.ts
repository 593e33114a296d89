/** The encrypted_client_hello extension of a ClientHello, RFC 9849 5. */
import type { HpkeSuite } from "../crypto/hpke.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";

/** ECHClientHelloType. */
const OUTER = 0;
const INNER = 1;

export interface OuterBody {
  readonly suite: HpkeSuite;
  readonly configId: number;
  readonly enc: Uint8Array;
  readonly payload: Uint8Array;
}

/** ECHClientHello of type inner. */
export const INNER_BODY: Uint8Array = Uint8Array.of(INNER);

export function encodeOuterBody(body: OuterBody): Uint8Array {
  return new Writer(512)
    .u8(OUTER)
    .u16(body.suite.kdf)
    .u16(body.suite.aead)
    .u8(body.configId)
    .opaque16(body.enc)
    .opaque16(body.payload)
    .finish();
}

/** @throws TlsError */
export function readBody(body: Uint8Array): OuterBody | "inner" {
  return Reader.all(body, "encrypted_client_hello", (reader) => {
    const type = reader.u8();
    if (type === INNER) return "inner";
    if (type !== OUTER)
      throw new TlsError(reason.illegal_parameter, {
        detail: `encrypted_client_hello of type ${type}`,
      });
    return {
      suite: { kdf: reader.u16(), aead: reader.u16() },
      configId: reader.u8(),
      enc: reader.opaque16(),
      payload: reader.opaque16(1),
    };
  });
}
