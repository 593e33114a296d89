/** PskKeyExchangeMode, RFC 9846 4.3.9: the code points by name. */
export const PSK_MODES = { psk_ke: 0, psk_dhe_ke: 1 } as const;

/** PSK modes: a PSK stands alone or is combined with a key exchange. */
export type PskMode = keyof typeof PSK_MODES;
