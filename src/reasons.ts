/**
 * Everything that can end a connection, by subject: a value each, so that a
 * bundle has those that its modules throw. Each says the stable name, the
 * alert that goes out, a sentence for people and the RFC section.
 */
export * from "./reasons/authentication.ts";
export * from "./reasons/connection.ts";
export * from "./reasons/messages.ts";
export * from "./reasons/negotiation.ts";
export * from "./reasons/record.ts";
export * from "./reasons/this-side.ts";
