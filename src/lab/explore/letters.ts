/** The repertoire of an exploration: what a side says in each state. */
import { item } from "../scenario/items.ts";
import type { LabItem } from "../scenario/steps.ts";
import type { LabRole, LabVersion } from "../names.ts";

/** Something to say, with a name for the graph. */
export interface Letter {
  readonly name: string;
  readonly items: readonly LabItem[];
}

const ZEROS = "00".repeat(32);
const SIGNATURE = `04030008${"00".repeat(8)}`;

const ANYWHERE: readonly Letter[] = [
  { name: "change_cipher_spec", items: [item.changeCipherSpec()] },
  { name: "application_data", items: [item.data("x")] },
  { name: "empty handshake record", items: [item.plaintext("handshake")] },
  { name: "heartbeat", items: [item.plaintext(24, "010000")] },
  { name: "message 99", items: [item.message(99, "00")] },
  {
    name: "warning no_renegotiation",
    items: [item.alert("no_renegotiation", "warning")],
  },
  { name: "hello_request", items: [item.message("hello_request")] },
  { name: "key_update", items: [item.message("key_update", "00")] },
  { name: "finished of zeros", items: [item.message("finished", ZEROS)] },
];

const MORE: Readonly<Record<LabVersion, Record<LabRole, readonly Letter[]>>> = {
  tls13: {
    client: [
      { name: "client_hello again", items: [item.copy("client_hello")] },
      {
        name: "empty certificate",
        items: [item.message("certificate", "00000000")],
      },
      {
        name: "certificate_verify",
        items: [item.message("certificate_verify", SIGNATURE)],
      },
      { name: "end_of_early_data", items: [item.message("end_of_early_data")] },
      {
        name: "new_session_ticket",
        items: [
          item.message(
            "new_session_ticket",
            "00000001000000000100000101000000",
          ),
        ],
      },
      {
        name: "client_key_exchange",
        items: [item.message("client_key_exchange", "00")],
      },
    ],
    server: [
      { name: "server_hello_done", items: [item.message("server_hello_done")] },
      {
        name: "encrypted_extensions",
        items: [item.message("encrypted_extensions", "0000")],
      },
      {
        name: "empty certificate",
        items: [item.message("certificate", "00000000")],
      },
      {
        name: "certificate_request",
        items: [
          item.message("certificate_request", "00000a000d0006000404030804"),
        ],
      },
      {
        name: "certificate_verify",
        items: [item.message("certificate_verify", SIGNATURE)],
      },
      { name: "end_of_early_data", items: [item.message("end_of_early_data")] },
    ],
  },
  tls12: {
    client: [
      { name: "client_hello again", items: [item.copy("client_hello")] },
      {
        name: "empty certificate",
        items: [item.message("certificate", "000000")],
      },
      {
        name: "client_key_exchange",
        items: [item.message("client_key_exchange", "00")],
      },
      {
        name: "certificate_verify",
        items: [item.message("certificate_verify", SIGNATURE)],
      },
    ],
    server: [
      {
        name: "empty certificate",
        items: [item.message("certificate", "000000")],
      },
      { name: "server_hello_done", items: [item.message("server_hello_done")] },
      {
        name: "new_session_ticket",
        items: [item.message("new_session_ticket", "000000010001aa")],
      },
      {
        name: "certificate_request",
        items: [item.message("certificate_request", "0140000204030000")],
      },
    ],
  },
};

/**
 * The letters that a side of that version and role says where none are given.
 *
 * @example
 * ```ts
 * import { lettersOf } from "puretls/lab";
 *
 * const names = lettersOf("tls13", "client").map(({ name }) => name);
 * if (!names.includes("key_update")) throw new Error();
 * ```
 */
export function lettersOf(
  version: LabVersion,
  role: LabRole,
): readonly Letter[] {
  return [...ANYWHERE, ...MORE[version][role]];
}
