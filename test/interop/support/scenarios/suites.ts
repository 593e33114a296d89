/** The cipher suites that the tests name, as RFCs and IANA name them. */

export type Suite13 =
  | "TLS_AES_128_GCM_SHA256"
  | "TLS_AES_256_GCM_SHA384"
  | "TLS_CHACHA20_POLY1305_SHA256"
  | "TLS_AES_128_CCM_SHA256"
  | "TLS_AES_128_CCM_8_SHA256";

/** Those of TLS 1.3 that are on by default. */
export const SUITES: readonly Suite13[] = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];

interface Row {
  /** As IANA numbers it, in hexadecimal. */
  readonly code: string;
  readonly openssl: string;
}

/** Of TLS 1.2: those on by default, and some of each optional family. */
const ROWS12 = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: {
    code: "C02B",
    openssl: "ECDHE-ECDSA-AES128-GCM-SHA256",
  },
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: {
    code: "C02C",
    openssl: "ECDHE-ECDSA-AES256-GCM-SHA384",
  },
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: {
    code: "CCA9",
    openssl: "ECDHE-ECDSA-CHACHA20-POLY1305",
  },
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: {
    code: "C02F",
    openssl: "ECDHE-RSA-AES128-GCM-SHA256",
  },
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: {
    code: "C030",
    openssl: "ECDHE-RSA-AES256-GCM-SHA384",
  },
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: {
    code: "CCA8",
    openssl: "ECDHE-RSA-CHACHA20-POLY1305",
  },
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: {
    code: "C009",
    openssl: "ECDHE-ECDSA-AES128-SHA",
  },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: {
    code: "C027",
    openssl: "ECDHE-RSA-AES128-SHA256",
  },
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: {
    code: "C028",
    openssl: "ECDHE-RSA-AES256-SHA384",
  },
  TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: {
    code: "009E",
    openssl: "DHE-RSA-AES128-GCM-SHA256",
  },
  TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: {
    code: "CCAA",
    openssl: "DHE-RSA-CHACHA20-POLY1305",
  },
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: {
    code: "006B",
    openssl: "DHE-RSA-AES256-SHA256",
  },
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: {
    code: "C0AC",
    openssl: "ECDHE-ECDSA-AES128-CCM",
  },
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: {
    code: "C0AF",
    openssl: "ECDHE-ECDSA-AES256-CCM8",
  },
  TLS_PSK_WITH_AES_128_GCM_SHA256: {
    code: "00A8",
    openssl: "PSK-AES128-GCM-SHA256",
  },
  TLS_PSK_WITH_AES_128_CCM: { code: "C0A4", openssl: "PSK-AES128-CCM" },
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: {
    code: "CCAC",
    openssl: "ECDHE-PSK-CHACHA20-POLY1305",
  },
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: {
    code: "C037",
    openssl: "ECDHE-PSK-AES128-CBC-SHA256",
  },
  TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: {
    code: "00AB",
    openssl: "DHE-PSK-AES256-GCM-SHA384",
  },
  TLS_RSA_WITH_AES_128_GCM_SHA256: {
    code: "009C",
    openssl: "AES128-GCM-SHA256",
  },
  TLS_RSA_WITH_AES_256_CBC_SHA: { code: "0035", openssl: "AES256-SHA" },
} as const satisfies Record<string, Row>;

export type Suite12 = keyof typeof ROWS12;

export type Suite = Suite12 | Suite13;

/** Those of TLS 1.2 that are on by default. */
export const DEFAULT_SUITES12: readonly Suite12[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/** Those of TLS 1.2 that are off by default, or some of each family. */
export const OPTIONAL_SUITES12: readonly Suite12[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
  "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
  "TLS_PSK_WITH_AES_128_GCM_SHA256",
  "TLS_PSK_WITH_AES_128_CCM",
  "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
  "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
  "TLS_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_RSA_WITH_AES_256_CBC_SHA",
];

function row12(suite: Suite): Row | undefined {
  const rows: Readonly<Record<string, Row>> = ROWS12;
  return rows[suite];
}

/** OpenSSL's name: for suites of TLS 1.3 that is the RFC's. */
export function opensslSuite(suite: Suite): string {
  return row12(suite)?.openssl ?? suite;
}

/** The RFC's name for OpenSSL's. */
export function rfcSuite(name: string | undefined): string | undefined {
  const rows: readonly (readonly [string, Row])[] = Object.entries(ROWS12);
  return rows.find(([, { openssl }]) => openssl === name)?.[0] ?? name;
}

const CODES13: Readonly<Record<Suite13, string>> = {
  TLS_AES_128_GCM_SHA256: "1301",
  TLS_AES_256_GCM_SHA384: "1302",
  TLS_CHACHA20_POLY1305_SHA256: "1303",
  TLS_AES_128_CCM_SHA256: "1304",
  TLS_AES_128_CCM_8_SHA256: "1305",
};

/** IANA's number in hexadecimal. */
export function suiteCode(suite: Suite): string {
  const codes13: Readonly<Record<string, string>> = CODES13;
  return row12(suite)?.code ?? codes13[suite] ?? "";
}

/** The parts of a TLS 1.2 suite; in TLS 1.3 there is no key exchange. */
export interface SuiteParts {
  /** `ECDHE_ECDSA`, `DHE_PSK`, … */
  readonly keyExchange: string | undefined;
  /** `AES_128_GCM`, `AES_128_CBC`, `CHACHA20_POLY1305`, `AES_128_CCM_8`, … */
  readonly cipher: string;
  /** `SHA` in CBC suites is HMAC-SHA-1. Absent from the CCM suites of TLS 1.2. */
  readonly hash: string | undefined;
}

export function suiteParts(suite: Suite): SuiteParts {
  const match =
    /^TLS_(?:(?<keyExchange>\w+)_WITH_)?(?<cipher>\w+?)(?:_(?<hash>SHA\d*))?$/.exec(
      suite,
    );
  const { keyExchange, cipher = "", hash } = match?.groups ?? {};
  return { keyExchange, cipher, hash };
}
