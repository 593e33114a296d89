/** MD5 (RFC 1321), for names that nobody is protected by; no row of TLS has it. */
export { md5 } from "@noble/hashes/legacy.js";
