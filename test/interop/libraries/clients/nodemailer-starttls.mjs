/** nodemailer with a pooled connection, TLS by STARTTLS. */
import { openMailer } from "./nodemailer.mjs";
import { acceptsStartTls } from "../child/greetings.mjs";

export const client = {
  asksForCertificate: true,
  waits: true,
  greets: acceptsStartTls,
  open: (target) => openMailer(target, false),
};
