/** Elements of DER one by one, of objects that may be malformed anywhere. */
import {
  type DerElement,
  DerError,
  DerReader,
  objectIdentifier,
  timeValue,
} from "../../x509/der/der.ts";
import * as TAG from "../../x509/der/tags.ts";
import {
  readAlgorithm,
  signatureAlgorithm,
} from "../../x509/keys/algorithms.ts";
import { modulusBits } from "../../x509/keys/public-key.ts";
import { Name, type SubjectPublicKeyInfo } from "../../x509/index.ts";
import { subjectText } from "../text/name-text.ts";
import { timeText } from "../text/value-text.ts";

/** The elements inside another one, as far as they can be told apart. */
export class Walk {
  readonly #elements: DerElement[] = [];
  /** The fault behind the last element. */
  readonly fault: string | undefined;
  #at = 0;

  /** @param content of the element that holds them */
  constructor(content: Uint8Array) {
    const reader = new DerReader(content);
    let fault: string | undefined;
    try {
      while (!reader.done) this.#elements.push(reader.readAny("an element"));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      fault = error.message;
    }
    this.fault = fault;
  }

  get tags(): readonly number[] {
    return this.#elements.map(({ tag }) => tag);
  }

  /** True where all elements were taken. */
  get done(): boolean {
    return this.#at >= this.#elements.length;
  }

  /** The next element if it has one of these tags. */
  optional(...tags: readonly number[]): DerElement | undefined {
    const next = this.#elements[this.#at];
    if (next === undefined || !tags.includes(next.tag)) return undefined;
    this.#at++;
    return next;
  }

  /** The next element: a function, which throws where it is of another type. */
  next(what: string, ...tags: readonly number[]): () => DerElement {
    const next = this.#elements[this.#at++];
    return () => {
      if (next === undefined)
        throw new DerError(this.fault ?? `${what} is missing`);
      if (tags.length === 0 || tags.includes(next.tag)) return next;
      throw new DerError(`${what} has the tag 0x${next.tag.toString(16)}`);
    };
  }
}

export const TIMES = [TAG.utcTime, TAG.generalizedTime] as const;

/** A time as text, and as ISO 8601 for JSON. */
export function timeFact(milliseconds: number): { text: string; json: string } {
  return {
    text: timeText(milliseconds),
    json: new Date(milliseconds).toISOString(),
  };
}

/** @throws DerError */
export function timeOf(element: DerElement, what: string) {
  return timeFact(timeValue(element, what));
}

/** @throws X509Error */
export function nameOf(element: DerElement): string {
  return subjectText(Name.over(element.der));
}

/** @throws DerError */
export function algorithmText(element: DerElement): string {
  const algorithm = readAlgorithm(element);
  return signatureAlgorithm(algorithm)?.name ?? algorithm.oid;
}

const CURVES = {
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
} as const;

/** The kind of a key and its size. */
export function keyText({
  algorithm,
  key,
}: Pick<SubjectPublicKeyInfo, "algorithm" | "key">): string {
  if (key.type === "ec") return `EC ${CURVES[key.curve]}`;
  if (key.type !== "rsa") return algorithm;
  const bits = modulusBits(key.modulus).toString();
  return `${algorithm === "rsaEncryption" ? "RSA" : "RSASSA-PSS"} ${bits} bits`;
}

/** @throws DerError */
export function oidOf(element: DerElement): string {
  return objectIdentifier(element, "an OBJECT IDENTIFIER");
}
