/** Steps that a version or a role does not have: none of these compiles. */
import { drop, edit, item, scenario } from "../../src/lab/index.ts";

const client13 = scenario("tls13");
const server13 = scenario("tls13", "server");
const client12 = scenario("tls12");
const server12 = scenario("tls12", "server");

// These do.
client13.skip("finished").expect("encrypted_extensions");
server13.skip("certificate_verify").sign("certificate_verify", "wrong");
server12.sign("server_key_exchange", "empty").expect("client_key_exchange");
client13.earlyData("x").updateKeys().expectAlert("bad_record_mac");

// @ts-expect-error TLS 1.2 has no EncryptedExtensions
server12.skip("encrypted_extensions");
// @ts-expect-error a client sends no ServerHello
client13.beforeSend("server_hello", edit.extension("key_share", drop));
// @ts-expect-error a server does not send what is expected of it
client13.expect("client_key_exchange");
// @ts-expect-error TLS 1.3 has no ServerKeyExchange to sign
server13.sign("server_key_exchange", "wrong");
// @ts-expect-error a Finished has no signature
client13.sign("finished", "wrong");
// @ts-expect-error TLS 1.2 has no early data
client12.earlyData("x");
// @ts-expect-error a server sends no early data
server13.earlyData("x");
// @ts-expect-error TLS 1.2 has no KeyUpdate
client12.updateKeys();
// @ts-expect-error a client asks for no certificate
client13.requestCertificate();
// @ts-expect-error there is no such alert
client13.expectAlert("nothing_of_the_kind");
// @ts-expect-error there is no such extension by name
client13.beforeSend("client_hello", edit.extension("key_shares", drop));
// @ts-expect-error there is no such version
scenario("tls11");
// @ts-expect-error there is no such message
client13.insertAfter("client_hello", item.message("goodbye"));
