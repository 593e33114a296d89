/** Finds out what a file holds, PEM or DER. */
import { latin1, printable } from "../../bytes.ts";
import { DerError, DerReader, readSingle } from "../../x509/der/der.ts";
import * as TAG from "../../x509/der/tags.ts";
import {
  noPemBlock,
  readPemBlocks,
  type UnreadPemBlock,
} from "../../x509/keys/pem.ts";
import { berToDer } from "../../x509/pkcs12/ber.ts";
import { readBundle } from "../../x509/trust/bundle.ts";
import {
  addFact,
  emptyItem,
  faultOf,
  type Item,
  type Kind,
  unreadableItem,
} from "./item.ts";
import {
  ocspItems,
  pkcs12Items,
  privateKeyItem,
  publicKeyItem,
} from "./others.ts";
import { certificateItem, crlItem, requestItem } from "./signed.ts";
import { Walk } from "./walk.ts";

/**
 * All objects of a file, in order.
 *
 * @param password of keys and PKCS#12 files
 * @throws X509Error `no_pem_block`, where there is nothing at all
 */
export async function readItems(
  content: Uint8Array,
  password: string | undefined,
): Promise<Item[]> {
  if (content[0] === TAG.sequence) return derItems(content, password);
  const text = latin1(content);
  const items: Item[] = [];
  for (const block of readPemBlocks(text))
    items.push(...(await blockItems(block, password)));
  if (items.length === 0) throw noPemBlock("object to show", text);
  return items;
}

/** Labels of PEM (RFC 7468, OpenSSL's older ones), and what stands behind them. */
const LABELS: Readonly<Partial<Record<string, Kind>>> = {
  CERTIFICATE: "certificate",
  "X509 CERTIFICATE": "certificate",
  "TRUSTED CERTIFICATE": "certificate",
  "CERTIFICATE REQUEST": "certificate request",
  "NEW CERTIFICATE REQUEST": "certificate request",
  "X509 CRL": "certificate revocation list",
  "PUBLIC KEY": "public key",
  PKCS12: "PKCS#12 file",
  "OCSP RESPONSE": "OCSP response",
};

async function blockItems(
  { label, read }: UnreadPemBlock,
  password: string | undefined,
): Promise<Item[]> {
  const isKey = label.endsWith("PRIVATE KEY");
  const kind = isKey ? "private key" : LABELS[label];
  try {
    const { der, headers } = read();
    if (kind === undefined) return [otherBlock(label, der)];
    if (label === "TRUSTED CERTIFICATE") return [trustedItem(der)];
    if (headers["Proc-Type"] !== undefined)
      return [privateKeyItem(legacyPem(label, headers, der), password)];
    return await itemsOf(kind, der, password);
  } catch (error) {
    return [unreadableItem(kind ?? "block", faultOf(error))];
  }
}

function otherBlock(label: string, der: Uint8Array): Item {
  const item = emptyItem("block");
  addFact(item.facts, "label", () => printable(label));
  addFact(item.facts, "length", () => ({
    text: `${der.length.toString()} bytes`,
    json: der.length,
  }));
  return item;
}

/** RFC 1421 headers are lost in DER: the block is written again. */
function legacyPem(
  label: string,
  headers: Readonly<Record<string, string>>,
  der: Uint8Array,
): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value}\n`,
  );
  const body = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines.join("")}\n${body}\n-----END ${label}-----\n`;
}

/** OpenSSL's: a certificate and then its trust settings. */
function trustedItem(der: Uint8Array): Item {
  const first = new DerReader(der).readAny("a certificate").der;
  const item = certificateItem(first);
  const pem = `-----BEGIN TRUSTED CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END TRUSTED CERTIFICATE-----\n`;
  addFact(item.facts, "trusted for", () => {
    const { trusted = [] } = readBundle(pem).certificates[0]?.settings ?? {};
    return { text: trusted.join(", ") || "any use", json: trusted };
  });
  addFact(item.facts, "rejected for", () => {
    const { rejected = [] } = readBundle(pem).certificates[0]?.settings ?? {};
    return { text: rejected.join(", ") || "no use", json: rejected };
  });
  return item;
}

/** One object or several in a row. */
async function derItems(
  content: Uint8Array,
  password: string | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  const reader = new DerReader(content);
  try {
    while (!reader.done) {
      const { der } = reader.readAny("the object");
      items.push(...(await itemsOf(kindOf(der), der, password)));
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    // PKCS#12 files of older writers are BER as a whole.
    if (items.length === 0 && isPkcs12(content))
      return pkcs12Items(content, password);
    const kind = items.length === 0 ? kindOf(content) : undefined;
    items.push(unreadableItem(kind ?? "block", faultOf(error)));
  }
  return items;
}

async function itemsOf(
  kind: Kind | undefined,
  der: Uint8Array,
  password: string | undefined,
): Promise<Item[]> {
  try {
    readSingle(der, TAG.sequence, kind ?? "the object");
    switch (kind) {
      case "certificate":
        return [certificateItem(der)];
      case "certificate request":
        return [requestItem(der)];
      case "certificate revocation list":
        return [crlItem(der)];
      case "private key":
        return [privateKeyItem(der, password)];
      case "public key":
        return [publicKeyItem(der)];
      case "PKCS#12 file":
        return await pkcs12Items(der, password);
      case "OCSP response":
        return ocspItems(der);
      default:
        return [unreadableItem("block", "DER of no kind that is known")];
    }
  } catch (error) {
    return [unreadableItem(kind ?? "block", faultOf(error))];
  }
}

function isPkcs12(content: Uint8Array): boolean {
  try {
    return kindOf(berToDer(content)) === "PKCS#12 file";
  } catch (error) {
    faultOf(error);
    return false;
  }
}

/** By the tags of the outermost elements. */
function kindOf(der: Uint8Array): Kind | undefined {
  const [outer, inner] = outerTags(der);
  const [first, second, third] = outer;
  if (first === TAG.enumerated) return "OCSP response";
  if (first === TAG.integer)
    return second === TAG.sequence && third !== TAG.octetString
      ? "PKCS#12 file"
      : "private key";
  if (first !== TAG.sequence) return undefined;
  if (second === TAG.octetString) return "private key";
  if (second === TAG.bitString) return "public key";
  if (inner[0] === 0xa0) return "certificate";
  const fields = inner[0] === TAG.integer ? inner.slice(1) : inner;
  if (
    fields
      .slice(0, 3)
      .some((tag) => tag === TAG.utcTime || tag === TAG.generalizedTime)
  )
    return "certificate revocation list";
  const sequences = fields.findIndex((tag) => tag !== TAG.sequence);
  const count = sequences < 0 ? fields.length : sequences;
  return inner[0] === TAG.integer && count === 2
    ? "certificate request"
    : "certificate";
}

/** Tags inside the object, and inside its first element. */
function outerTags(der: Uint8Array): [readonly number[], readonly number[]] {
  const whole = new Walk(der).optional(TAG.sequence);
  const outer = new Walk(whole?.content ?? der.subarray(4));
  const first = outer.optional(TAG.sequence);
  return [outer.tags, first === undefined ? [] : new Walk(first.content).tags];
}
