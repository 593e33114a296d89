/**
 * The constants that Python's `ssl` has under their own names too, beside those of
 * its enumerations. Without them `options |= ssl.OP_NO_TICKET` would be a sum with
 * undefined, and change nothing.
 */
import {
  AlertDescription,
  Options,
  Protocol,
  SSLErrorNumber,
  VerifyFlags,
  VerifyMode,
} from "./constants.ts";

/** Python: `ssl.CERT_NONE`. See {@link VerifyMode} for an example. */
export const CERT_NONE = VerifyMode.CERT_NONE;
/** Python: `ssl.CERT_OPTIONAL`. See {@link VerifyMode} for an example. */
export const CERT_OPTIONAL = VerifyMode.CERT_OPTIONAL;
/** Python: `ssl.CERT_REQUIRED`. See {@link VerifyMode} for an example. */
export const CERT_REQUIRED = VerifyMode.CERT_REQUIRED;
/** Python: `ssl.PROTOCOL_TLS`. See {@link Protocol} for an example. */
export const PROTOCOL_TLS = Protocol.PROTOCOL_TLS;
/** Python: `ssl.PROTOCOL_SSLv23`. See {@link Protocol} for an example. */
export const PROTOCOL_SSLv23 = Protocol.PROTOCOL_TLS;
/** Python: `ssl.PROTOCOL_TLSv1`. See {@link Protocol} for an example. */
export const PROTOCOL_TLSv1 = Protocol.PROTOCOL_TLSv1;
/** Python: `ssl.PROTOCOL_TLSv1_1`. See {@link Protocol} for an example. */
export const PROTOCOL_TLSv1_1 = Protocol.PROTOCOL_TLSv1_1;
/** Python: `ssl.PROTOCOL_TLSv1_2`. See {@link Protocol} for an example. */
export const PROTOCOL_TLSv1_2 = Protocol.PROTOCOL_TLSv1_2;
/** Python: `ssl.PROTOCOL_TLS_CLIENT`. See {@link Protocol} for an example. */
export const PROTOCOL_TLS_CLIENT = Protocol.PROTOCOL_TLS_CLIENT;
/** Python: `ssl.PROTOCOL_TLS_SERVER`. See {@link Protocol} for an example. */
export const PROTOCOL_TLS_SERVER = Protocol.PROTOCOL_TLS_SERVER;
/** Python: `ssl.VERIFY_DEFAULT`. See {@link VerifyFlags} for an example. */
export const VERIFY_DEFAULT = VerifyFlags.VERIFY_DEFAULT;
/** Python: `ssl.VERIFY_CRL_CHECK_LEAF`. See {@link VerifyFlags} for an example. */
export const VERIFY_CRL_CHECK_LEAF = VerifyFlags.VERIFY_CRL_CHECK_LEAF;
/** Python: `ssl.VERIFY_CRL_CHECK_CHAIN`. See {@link VerifyFlags} for an example. */
export const VERIFY_CRL_CHECK_CHAIN = VerifyFlags.VERIFY_CRL_CHECK_CHAIN;
/** Python: `ssl.VERIFY_X509_STRICT`. See {@link VerifyFlags} for an example. */
export const VERIFY_X509_STRICT = VerifyFlags.VERIFY_X509_STRICT;
/** Python: `ssl.VERIFY_ALLOW_PROXY_CERTS`. See {@link VerifyFlags} for an example. */
export const VERIFY_ALLOW_PROXY_CERTS = VerifyFlags.VERIFY_ALLOW_PROXY_CERTS;
/** Python: `ssl.VERIFY_X509_TRUSTED_FIRST`. See {@link VerifyFlags} for an example. */
export const VERIFY_X509_TRUSTED_FIRST = VerifyFlags.VERIFY_X509_TRUSTED_FIRST;
/** Python: `ssl.VERIFY_X509_PARTIAL_CHAIN`. See {@link VerifyFlags} for an example. */
export const VERIFY_X509_PARTIAL_CHAIN = VerifyFlags.VERIFY_X509_PARTIAL_CHAIN;
/** Python: `ssl.OP_ALL`. See {@link Options} for an example. */
export const OP_ALL = Options.OP_ALL;
/** Python: `ssl.OP_NO_SSLv2`. See {@link Options} for an example. */
export const OP_NO_SSLv2 = Options.OP_NO_SSLv2;
/** Python: `ssl.OP_NO_SSLv3`. See {@link Options} for an example. */
export const OP_NO_SSLv3 = Options.OP_NO_SSLv3;
/** Python: `ssl.OP_NO_TLSv1`. See {@link Options} for an example. */
export const OP_NO_TLSv1 = Options.OP_NO_TLSv1;
/** Python: `ssl.OP_NO_TLSv1_1`. See {@link Options} for an example. */
export const OP_NO_TLSv1_1 = Options.OP_NO_TLSv1_1;
/** Python: `ssl.OP_NO_TLSv1_2`. See {@link Options} for an example. */
export const OP_NO_TLSv1_2 = Options.OP_NO_TLSv1_2;
/** Python: `ssl.OP_NO_TLSv1_3`. See {@link Options} for an example. */
export const OP_NO_TLSv1_3 = Options.OP_NO_TLSv1_3;
/** Python: `ssl.OP_NO_RENEGOTIATION`. See {@link Options} for an example. */
export const OP_NO_RENEGOTIATION = Options.OP_NO_RENEGOTIATION;
/** Python: `ssl.OP_CIPHER_SERVER_PREFERENCE`. See {@link Options} for an example. */
export const OP_CIPHER_SERVER_PREFERENCE = Options.OP_CIPHER_SERVER_PREFERENCE;
/** Python: `ssl.OP_SINGLE_DH_USE`. See {@link Options} for an example. */
export const OP_SINGLE_DH_USE = Options.OP_SINGLE_DH_USE;
/** Python: `ssl.OP_SINGLE_ECDH_USE`. See {@link Options} for an example. */
export const OP_SINGLE_ECDH_USE = Options.OP_SINGLE_ECDH_USE;
/** Python: `ssl.OP_ENABLE_MIDDLEBOX_COMPAT`. See {@link Options} for an example. */
export const OP_ENABLE_MIDDLEBOX_COMPAT = Options.OP_ENABLE_MIDDLEBOX_COMPAT;
/** Python: `ssl.OP_NO_COMPRESSION`. See {@link Options} for an example. */
export const OP_NO_COMPRESSION = Options.OP_NO_COMPRESSION;
/** Python: `ssl.OP_NO_TICKET`. See {@link Options} for an example. */
export const OP_NO_TICKET = Options.OP_NO_TICKET;
/** Python: `ssl.OP_IGNORE_UNEXPECTED_EOF`. See {@link Options} for an example. */
export const OP_IGNORE_UNEXPECTED_EOF = Options.OP_IGNORE_UNEXPECTED_EOF;
/** Python: `ssl.SSL_ERROR_SSL`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_SSL = SSLErrorNumber.SSL_ERROR_SSL;
/** Python: `ssl.SSL_ERROR_WANT_READ`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_WANT_READ = SSLErrorNumber.SSL_ERROR_WANT_READ;
/** Python: `ssl.SSL_ERROR_WANT_WRITE`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_WANT_WRITE = SSLErrorNumber.SSL_ERROR_WANT_WRITE;
/** Python: `ssl.SSL_ERROR_WANT_X509_LOOKUP`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_WANT_X509_LOOKUP =
  SSLErrorNumber.SSL_ERROR_WANT_X509_LOOKUP;
/** Python: `ssl.SSL_ERROR_SYSCALL`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_SYSCALL = SSLErrorNumber.SSL_ERROR_SYSCALL;
/** Python: `ssl.SSL_ERROR_ZERO_RETURN`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_ZERO_RETURN = SSLErrorNumber.SSL_ERROR_ZERO_RETURN;
/** Python: `ssl.SSL_ERROR_WANT_CONNECT`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_WANT_CONNECT = SSLErrorNumber.SSL_ERROR_WANT_CONNECT;
/** Python: `ssl.SSL_ERROR_EOF`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_EOF = SSLErrorNumber.SSL_ERROR_EOF;
/** Python: `ssl.SSL_ERROR_INVALID_ERROR_CODE`. See {@link SSLErrorNumber} for an example. */
export const SSL_ERROR_INVALID_ERROR_CODE =
  SSLErrorNumber.SSL_ERROR_INVALID_ERROR_CODE;
/** Python: `ssl.ALERT_DESCRIPTION_ACCESS_DENIED`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_ACCESS_DENIED = AlertDescription.ACCESS_DENIED;
/** Python: `ssl.ALERT_DESCRIPTION_BAD_CERTIFICATE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_BAD_CERTIFICATE =
  AlertDescription.BAD_CERTIFICATE;
/** Python: `ssl.ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE =
  AlertDescription.BAD_CERTIFICATE_HASH_VALUE;
/** Python: `ssl.ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE =
  AlertDescription.BAD_CERTIFICATE_STATUS_RESPONSE;
/** Python: `ssl.ALERT_DESCRIPTION_BAD_RECORD_MAC`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_BAD_RECORD_MAC = AlertDescription.BAD_RECORD_MAC;
/** Python: `ssl.ALERT_DESCRIPTION_CERTIFICATE_EXPIRED`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_CERTIFICATE_EXPIRED =
  AlertDescription.CERTIFICATE_EXPIRED;
/** Python: `ssl.ALERT_DESCRIPTION_CERTIFICATE_REVOKED`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_CERTIFICATE_REVOKED =
  AlertDescription.CERTIFICATE_REVOKED;
/** Python: `ssl.ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN =
  AlertDescription.CERTIFICATE_UNKNOWN;
/** Python: `ssl.ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE =
  AlertDescription.CERTIFICATE_UNOBTAINABLE;
/** Python: `ssl.ALERT_DESCRIPTION_CLOSE_NOTIFY`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_CLOSE_NOTIFY = AlertDescription.CLOSE_NOTIFY;
/** Python: `ssl.ALERT_DESCRIPTION_DECODE_ERROR`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_DECODE_ERROR = AlertDescription.DECODE_ERROR;
/** Python: `ssl.ALERT_DESCRIPTION_DECOMPRESSION_FAILURE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_DECOMPRESSION_FAILURE =
  AlertDescription.DECOMPRESSION_FAILURE;
/** Python: `ssl.ALERT_DESCRIPTION_DECRYPT_ERROR`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_DECRYPT_ERROR = AlertDescription.DECRYPT_ERROR;
/** Python: `ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_HANDSHAKE_FAILURE =
  AlertDescription.HANDSHAKE_FAILURE;
/** Python: `ssl.ALERT_DESCRIPTION_ILLEGAL_PARAMETER`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_ILLEGAL_PARAMETER =
  AlertDescription.ILLEGAL_PARAMETER;
/** Python: `ssl.ALERT_DESCRIPTION_INSUFFICIENT_SECURITY`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_INSUFFICIENT_SECURITY =
  AlertDescription.INSUFFICIENT_SECURITY;
/** Python: `ssl.ALERT_DESCRIPTION_INTERNAL_ERROR`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_INTERNAL_ERROR = AlertDescription.INTERNAL_ERROR;
/** Python: `ssl.ALERT_DESCRIPTION_NO_RENEGOTIATION`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_NO_RENEGOTIATION =
  AlertDescription.NO_RENEGOTIATION;
/** Python: `ssl.ALERT_DESCRIPTION_PROTOCOL_VERSION`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_PROTOCOL_VERSION =
  AlertDescription.PROTOCOL_VERSION;
/** Python: `ssl.ALERT_DESCRIPTION_RECORD_OVERFLOW`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_RECORD_OVERFLOW =
  AlertDescription.RECORD_OVERFLOW;
/** Python: `ssl.ALERT_DESCRIPTION_UNEXPECTED_MESSAGE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNEXPECTED_MESSAGE =
  AlertDescription.UNEXPECTED_MESSAGE;
/** Python: `ssl.ALERT_DESCRIPTION_UNKNOWN_CA`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNKNOWN_CA = AlertDescription.UNKNOWN_CA;
/** Python: `ssl.ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY =
  AlertDescription.UNKNOWN_PSK_IDENTITY;
/** Python: `ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNRECOGNIZED_NAME =
  AlertDescription.UNRECOGNIZED_NAME;
/** Python: `ssl.ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE =
  AlertDescription.UNSUPPORTED_CERTIFICATE;
/** Python: `ssl.ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION =
  AlertDescription.UNSUPPORTED_EXTENSION;
/** Python: `ssl.ALERT_DESCRIPTION_USER_CANCELLED`. See {@link AlertDescription} for an example. */
export const ALERT_DESCRIPTION_USER_CANCELLED = AlertDescription.USER_CANCELLED;
