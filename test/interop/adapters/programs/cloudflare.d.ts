/** The module of workerd that the Worker of this folder imports. */
declare module "cloudflare:sockets" {
  export function connect(
    address: { hostname: string; port: number },
    options: { secureTransport: "off"; allowHalfOpen: true },
  ): {
    readable: ReadableStream<Uint8Array>;
    writable: WritableStream<Uint8Array>;
    opened: Promise<unknown>;
    close(): Promise<void>;
  };
}
