/**
 * The rule for which clients are accepted, and as whom. It is written down from
 * RFC 9846, RFC 5246 and OpenSSL's documentation of SSL_VERIFY_PEER, and shares
 * no code with the product: the table of this folder holds SSLContext against
 * it.
 */

export const MODES = ["none", "optional", "required"] as const;
export type Mode = (typeof MODES)[number];

export const TRUSTS = ["same", "other", "none"] as const;
export const VERIFIERS = ["default", "own", "asynchronous"] as const;

/** The settings of the context that SNI chooses; undefined: no choice. */
export interface Chosen {
  readonly mode: Mode;
  /** Its authorities beside those of the listening context. */
  readonly trust: (typeof TRUSTS)[number];
}

export const SHOWN = [
  "nothing",
  "right",
  "other tenant's",
  "expired",
  "self-made",
] as const;

/**
 * The ways in which the connection comes about. "foreign": the session is of
 * another tenant that shares the tickets' keys or the store.
 */
export const WAYS = [
  "full",
  "ticket",
  "store",
  "foreign ticket",
  "foreign store",
  "PSK",
  "PSK elsewhere",
  "early data",
  "early data elsewhere",
  "late",
] as const;
export type Way = (typeof WAYS)[number];

export interface Row {
  readonly version: "TLSv1.2" | "TLSv1.3";
  readonly way: Way;
  readonly listening: Mode;
  readonly chosen: Chosen | undefined;
  readonly verifier: (typeof VERIFIERS)[number];
  readonly shown: (typeof SHOWN)[number];
}

/** "nobody": connected without an authenticated certificate. */
export type Outcome = "refused" | "nobody" | "right";

export function outcomeOf(row: Row): Outcome {
  const mode = row.chosen?.mode ?? row.listening;
  // The PSK is what authenticates: RFC 9846 4.3.2 and 4.4.2, RFC 4279 2.
  if (row.way === "PSK") return "nobody";
  if (mode === "none") return "nobody";
  if (row.shown === "nothing")
    return mode === "required" ? "refused" : "nobody";
  return row.shown === "right" && trustsAnyone(row) ? "right" : "refused";
}

function trustsAnyone({ chosen, verifier }: Row): boolean {
  return verifier !== "default" || chosen?.trust !== "none";
}

/**
 * Tells whether early data may be delivered: only where it could have been
 * allowed.
 */
export function earlyDataAllowed(row: Row): boolean {
  return row.way === "early data" && outcomeOf(row) !== "refused";
}

/** All rows that mean something; each is a connection or two. */
export function rows(): Row[] {
  const all: Row[] = [];
  for (const { listening, chosen, verifier } of policies())
    for (const version of ["TLSv1.2", "TLSv1.3"] as const)
      for (const way of WAYS)
        for (const shown of SHOWN) {
          if (version === "TLSv1.2" && way.startsWith("early")) continue;
          all.push({ version, way, listening, chosen, verifier, shown });
        }
  return all;
}

function* policies(): Generator<
  Pick<Row, "listening" | "chosen" | "verifier">
> {
  for (const listening of MODES)
    for (const verifier of VERIFIERS) {
      yield { listening, chosen: undefined, verifier };
      for (const mode of MODES)
        for (const trust of TRUSTS) {
          // A verifier of the program's own does not look at the authorities.
          if (verifier !== "default" && trust !== "other") continue;
          yield { listening, chosen: { mode, trust }, verifier };
        }
    }
}
