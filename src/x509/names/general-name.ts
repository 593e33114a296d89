/** GeneralName, RFC 5280 4.2.1.6. */
import type { Bytes } from "../../bytes.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  constructedTag,
  contextTag,
  DerError,
  ia5Text,
  objectIdentifier,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { Name } from "./name.ts";

/** A name of any form; arrays are views on the certificate. */
export type GeneralName =
  | {
      readonly type: "dNSName" | "rfc822Name" | "uniformResourceIdentifier";
      /** ASCII as the certificate has it, control characters included. */
      readonly value: string;
    }
  | {
      readonly type: "iPAddress";
      /** 4 or 16 bytes; 8 or 32 with a mask in name constraints. */
      readonly value: Bytes;
    }
  | { readonly type: "directoryName"; readonly value: Name }
  | { readonly type: "registeredID"; readonly value: string }
  | {
      readonly type: "otherName";
      readonly typeId: string;
      /** DER of the value. */
      readonly value: Bytes;
    }
  | {
      readonly type: "x400Address" | "ediPartyName";
      readonly value: Bytes;
    };

/**
 * SEQUENCE OF GeneralName, from a reader over its content.
 *
 * @throws DerError
 */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = [];
  while (!reader.done)
    names.push(readGeneralName(reader.readAny("GeneralName")));
  return names;
}

/** @throws DerError */
export function readGeneralName(element: DerElement): GeneralName {
  switch (element.tag) {
    case constructedTag(0):
      return readOtherName(element.reader());
    case contextTag(1):
      return textName("rfc822Name", element);
    case contextTag(2):
      return textName("dNSName", element);
    case constructedTag(3):
      return { type: "x400Address", value: element.content };
    case constructedTag(4): {
      const inner = element.reader();
      const name = inner.read(TAG.sequence, "directoryName");
      inner.end("directoryName");
      return { type: "directoryName", value: Name.over(name.der) };
    }
    case constructedTag(5):
      return { type: "ediPartyName", value: element.content };
    case contextTag(6):
      return textName("uniformResourceIdentifier", element);
    case contextTag(7):
      return { type: "iPAddress", value: element.content };
    case contextTag(8):
      return {
        type: "registeredID",
        value: objectIdentifier(element, "registeredID"),
      };
    default:
      throw new DerError(
        `no GeneralName has tag 0x${element.tag.toString(16)}`,
      );
  }
}

function textName(
  type: "dNSName" | "rfc822Name" | "uniformResourceIdentifier",
  element: DerElement,
): GeneralName {
  return { type, value: ia5Text(element.content, type) };
}

function readOtherName(reader: DerReader): GeneralName {
  const typeId = objectIdentifier(
    reader.read(TAG.objectIdentifier, "otherName type"),
    "otherName type",
  );
  const value = reader.read(constructedTag(0), "otherName value").content;
  reader.end("otherName");
  return { type: "otherName", typeId, value };
}
