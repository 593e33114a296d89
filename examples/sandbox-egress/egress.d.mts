import type { Transport } from "puretls";

/** Fetches for the guest, as the platform's function does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The egress of one guest. */
export interface Egress {
  /** The authority that the guest trusts, PEM. */
  readonly caPem: string;
  serve(transport: Transport): Promise<void>;
}

export function createEgress(options: {
  readonly fetch?: Fetch;
  readonly allows?: (host: string) => boolean;
}): Egress;
