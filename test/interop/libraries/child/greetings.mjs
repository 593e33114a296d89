/** The first words of a server that begins without TLS; the mute port says no more. */

/** PostgreSQL and others that the client asks: one byte. */
export function acceptsTls(socket) {
  socket.once("data", () => socket.write("S"));
}

/** A mail server. */
export function acceptsStartTls(socket) {
  socket.write("220 mail.test\r\n");
  socket.on("data", (line) => {
    if (/^EHLO/i.test(line)) socket.write("250-mail.test\r\n250 STARTTLS\r\n");
    else if (/^STARTTLS/i.test(line)) socket.write("220 go on\r\n");
  });
}
