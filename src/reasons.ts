/**
 * Everything that can end a connection, by subject: a value each, so that a
 * bundle has those that its modules throw. Each says the stable name, the
 * alert that goes out, a sentence for people and the RFC section.
 */
// [5246-7.2.2-09]
export * from "./reasons/authentication.ts";
export * from "./reasons/connection.ts";
export * from "./reasons/messages.ts";
// [5246-7.2.2-10]
export * from "./reasons/negotiation.ts";
// [5246-7.2.2-08] [9846-B-01]
export * from "./reasons/record.ts";
export * from "./reasons/this-side.ts";
