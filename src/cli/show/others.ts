/** Keys, OCSP responses and PKCS#12 files. */
import { node as provider } from "../../crypto/node.ts";
import { PkiKey } from "../../pki/index.ts";
import { readSingle, smallInteger } from "../../x509/der/der.ts";
import * as TAG from "../../x509/der/tags.ts";
import {
  type OcspResponse,
  parseOcspResponse,
  parsePkcs12Async,
  parseSubjectPublicKeyInfo,
  Pkcs12Error,
  type SingleResponse,
  X509Error,
} from "../../x509/index.ts";
import { signatureAlgorithm } from "../../x509/keys/algorithms.ts";
import { subjectText } from "../text/name-text.ts";
import { hexPairs, serialText } from "../text/value-text.ts";
import {
  addFact,
  emptyItem,
  faultOf,
  type Item,
  unreadableItem,
} from "./item.ts";
import { certificateItem, pinOf } from "./signed.ts";
import { keyText, timeFact, Walk } from "./walk.ts";
import { printable } from "../../bytes.ts";

/** RFC 5280 4.1.2.7. */
export function publicKeyItem(der: Uint8Array): Item {
  const item = emptyItem("public key");
  addFact(item.facts, "public key", () =>
    keyText(parseSubjectPublicKeyInfo(der)),
  );
  addFact(item.facts, "SPKI pin", () => pinOf(der));
  return item;
}

/**
 * A private key: its kind and its public half, never the secret.
 *
 * @param source PEM or DER
 * @param password undefined: none was given
 */
export function privateKeyItem(
  source: string | Uint8Array,
  password: string | undefined,
): Item {
  const item = emptyItem("private key");
  const { keyDecryption: decryption } = provider;
  try {
    const key = PkiKey.parse(provider, source, {
      decryption,
      ...(password !== undefined && { password }),
    });
    return withPublicHalf(item, key);
  } catch (error) {
    if (error instanceof X509Error && error.code === "password_required")
      return {
        ...item,
        facts: [
          { name: "private key", value: "encrypted: --password-file shows it" },
        ],
      };
    return unreadableItem("private key", faultOf(error));
  }
}

function withPublicHalf(item: Item, key: PkiKey): Item {
  const { algorithm, publicKey } = key;
  addFact(item.facts, "private key", () =>
    keyText({ algorithm, key: publicKey }),
  );
  addFact(item.facts, "SPKI pin", () => pinOf(key.publicKeyInfo()));
  return item;
}

/** RFC 6960 4.2.1. */
const RESPONSE_STATUS: Readonly<Record<number, string>> = {
  0: "successful",
  1: "malformedRequest",
  2: "internalError",
  3: "tryLater",
  5: "sigRequired",
  6: "unauthorized",
};

/** RFC 6960 4.2.1: the responder's status, and what it says of certificates. */
export function ocspItems(der: Uint8Array): Item[] {
  const item = emptyItem("OCSP response");
  const whole = new Walk(readSingle(der, TAG.sequence, "OCSPResponse").content);
  const status = whole.next("responseStatus", TAG.enumerated);
  let isSuccess = false;
  addFact(item.facts, "status", () => {
    const number = smallInteger(status(), "responseStatus");
    isSuccess = number === 0;
    return RESPONSE_STATUS[number] ?? number.toString();
  });
  if (!isSuccess) return [item];
  try {
    const response = parseOcspResponse(der);
    addResponse(item, response);
    const certificates = response.certificates.map((one) =>
      certificateItem(one.der),
    );
    return [item, ...response.responses.map(statusItem), ...certificates];
  } catch (error) {
    item.facts.push({ name: "fault", value: "", fault: faultOf(error) });
    return [item];
  }
}

function addResponse({ facts }: Item, response: OcspResponse): void {
  const { responderId, producedAt, signatureAlgorithm: used } = response;
  addFact(facts, "responder", () =>
    responderId.type === "byName"
      ? subjectText(responderId.name)
      : `key ${hexPairs(responderId.keyHash, ":")}`,
  );
  addFact(facts, "produced at", () => timeFact(producedAt));
  addFact(facts, "signature", () => signatureAlgorithm(used)?.name ?? used.oid);
}

/** Returns what the response says of one certificate. */
function statusItem(one: SingleResponse): Item {
  const item = emptyItem("OCSP status");
  const { facts } = item;
  addFact(facts, "serial", () => serialText(one.serialNumber));
  addFact(facts, "status", () => one.status);
  addFact(facts, "this update", () => timeFact(one.thisUpdate));
  const { nextUpdate } = one;
  addFact(facts, "next update", () =>
    nextUpdate === undefined ? "none" : timeFact(nextUpdate),
  );
  return item;
}

/** RFC 7292: what is in the file, and then each of it. */
export async function pkcs12Items(
  der: Uint8Array,
  password: string | undefined,
): Promise<Item[]> {
  const item = emptyItem("PKCS#12 file");
  try {
    const file = await parsePkcs12Async(der, {
      ...{ provider, password: password ?? "" },
    });
    const { entries, certificates } = file;
    const count = (name: string, number: number): void => {
      addFact(item.facts, name, () => ({
        ...{ text: number.toString(), json: number },
      }));
    };
    count("private keys", entries.length);
    count("certificates", certificates.length);
    const keys = entries.map(({ key, friendlyName, chain }) => {
      const one = withPublicHalf(
        emptyItem("private key"),
        new PkiKey({
          ...{ provider, privateKey: key.key },
          pss: key.algorithm === "id-RSASSA-PSS",
        }),
      );
      if (friendlyName !== undefined)
        addFact(one.facts, "name", () => printable(friendlyName));
      addFact(one.facts, "chain", () => ({
        text: `${chain.length.toString()} certificates`,
        json: chain.length,
      }));
      return one;
    });
    const shown = certificates.map((one) => certificateItem(one.der));
    return [item, ...keys, ...shown];
  } catch (error) {
    const needs =
      error instanceof Pkcs12Error && error.reason === "wrong_password";
    if (needs && password === undefined) {
      const value = "encrypted: --password-file shows it";
      return [{ ...item, facts: [{ name: "contents", value }] }];
    }
    return [unreadableItem("PKCS#12 file", faultOf(error))];
  }
}
