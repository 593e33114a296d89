/** Tells a program of every record header, handshake message and alert. */
import { HEADER_LENGTH } from "./protection.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import {
  ContentType,
  ExtensionType,
  HandshakeType,
  ProtocolVersion,
} from "../wire/code-points.ts";
import { callListener } from "../promises.ts";
import { Reader } from "../wire/reader.ts";

/** A part of the protocol as it was sent or received. */
export interface ProtocolMessage {
  readonly direction: "read" | "write";
  /**
   * The code of a version: of a record's header the one in it, of all else that
   * of the connection, which is the highest one until it is negotiated.
   */
  readonly version: number;
  /**
   * A ContentType: 20 change_cipher_spec, 21 alert, 22 handshake; or OpenSSL's
   * 256 for the header of a record and 257 for the type that TLS 1.3 encrypts; or
   * BoringSSL's 258 for the ClientHello that another one hides (RFC 9849): a
   * client's is told before the one around it, a server's behind.
   */
  readonly contentType: number;
  /**
   * The type of a handshake message (1 for 258 too), the description of an alert, 0x101 for a
   * change_cipher_spec, a ContentType for 256 and 257; -1 where there is none.
   */
  readonly messageType: number;
  /** All of it, unencrypted; the receiver's. */
  readonly bytes: Uint8Array;
}

/** Gets each {@link ProtocolMessage}, in the middle of a call: it only looks. */
export type MessageObserverCallback = (message: ProtocolMessage) => unknown;

/** OpenSSL's SSL3_RT_HEADER and SSL3_RT_INNER_CONTENT_TYPE. */
const HEADER = 256;
const INNER_CONTENT_TYPE = 257;
/** BoringSSL's SSL3_RT_CLIENT_HELLO_INNER. */
const CLIENT_HELLO_INNER = 258;

/** Stands in both record halves; without a callback it costs a look. */
export class MessageObserver {
  /** Undefined: nobody is told, and what follows need not be called. */
  callback: MessageObserverCallback | undefined;
  /** The code of the connection's version: the highest one, then the agreed. */
  version: number;
  /** Of a callback that has failed, and is not called again. */
  #fault: TlsError | undefined;

  constructor(
    callback?: MessageObserverCallback,
    version: number = ProtocolVersion["TLSv1.3"],
  ) {
    this.callback = callback;
    this.version = version;
  }

  /** Keeps a callback's fault until the step that called it is over. */
  keep(fault: TlsError): void {
    this.#fault ??= fault;
  }

  /** @throws TlsError callback_failed, once, when a callback has failed */
  check(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }

  /** Tells of a record by its header, with which `record` begins. */
  header(direction: "read" | "write", record: Uint8Array): void {
    const [type = -1, high = 0, low = 0] = record;
    const header = record.slice(0, HEADER_LENGTH);
    this.#tell(direction, HEADER, type, header, (high << 8) | low);
  }

  /** Tells of the type that a record of TLS 1.3 encrypts. */
  innerType(direction: "read" | "write", type: number): void {
    this.#tell(direction, INNER_CONTENT_TYPE, type, Uint8Array.of(type));
  }

  /** Tells of a whole hello that another one hides. */
  innerHello(direction: "read" | "write", message: Uint8Array): void {
    const { client_hello: type } = HandshakeType;
    this.#tell(direction, CLIENT_HELLO_INNER, type, message.slice());
  }

  /** Tells of content that is no application data. */
  content(
    direction: "read" | "write",
    contentType: number,
    bytes: Uint8Array,
  ): void {
    if (contentType === ContentType.application_data) return;
    const [first = -1, second = -1] = bytes;
    const messageType =
      contentType === ContentType.change_cipher_spec
        ? CHANGE_CIPHER_SPEC
        : contentType === ContentType.alert
          ? second
          : first;
    const isServerHello =
      contentType === ContentType.handshake &&
      messageType === HandshakeType.server_hello;
    // The server has agreed on a version when it says so, the client later.
    if (isServerHello && direction === "write") this.#agree(bytes);
    this.#tell(direction, contentType, messageType, bytes.slice());
    if (isServerHello && direction === "read") this.#agree(bytes);
  }

  #agree(serverHello: Uint8Array): void {
    try {
      this.version = versionIn(new Reader(serverHello, "server_hello"));
    } catch (error) {
      // The handshake finds the same fault, and ends with it.
      if (!(error instanceof TlsError)) throw error;
    }
  }

  #tell(
    direction: "read" | "write",
    contentType: number,
    messageType: number,
    bytes: Uint8Array,
    version = this.version,
  ): void {
    callListener(
      () =>
        this.callback?.({
          direction,
          version,
          contentType,
          messageType,
          bytes,
        }),
      (cause) => {
        this.callback = undefined;
        const detail = "messageCallback";
        this.keep(new TlsError(reason.callback_failed, { detail, cause }));
      },
    );
  }
}

/** RFC 9846 4.2.3 and 4.3.1: supported_versions, or else legacy_version. */
function versionIn(hello: Reader): number {
  hello.bytes(MESSAGE_HEADER);
  const legacy = hello.u16();
  hello.bytes(RANDOM);
  hello.opaque8();
  hello.bytes(SUITE_AND_COMPRESSION);
  if (hello.left === 0) return legacy;
  const extensions = new Reader(hello.opaque16(), "extensions");
  while (extensions.left > 0) {
    const type = extensions.u16();
    const body = extensions.opaque16();
    if (type === ExtensionType.supported_versions)
      return new Reader(body, "supported_versions").u16();
  }
  return legacy;
}

const MESSAGE_HEADER = 4;
const RANDOM = 32;
const SUITE_AND_COMPRESSION = 3;

/** OpenSSL's SSL3_MT_CHANGE_CIPHER_SPEC. */
const CHANGE_CIPHER_SPEC = 0x101;
