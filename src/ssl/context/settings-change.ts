/** Changes the record of settings: by the table, and by nothing else. */
import { requireNames } from "../names/arguments.ts";
import type { ContextChanges } from "./options.ts";
import type { Change, ContextKind, Settings } from "./settings.ts";
import {
  type At,
  type CheckedSetting,
  type Input,
  type Load,
  LOADS,
  type Row,
  SETTINGS,
} from "./settings-table.ts";

type Draft = { -readonly [Name in keyof Settings]: Settings[Name] };
type Given<Names extends keyof never> = {
  readonly [Name in Names]?: Input<Name>;
};

const ROWS: { readonly [Name in keyof Settings]: Row<Name> } = SETTINGS;
const SETTING_NAMES = keysOf(SETTINGS);
const LOAD_NAMES = keysOf(LOADS);

/** The options of `extend()`: every one but those of the kind. */
const CHANGES = Object.fromEntries(
  [
    ...SETTING_NAMES.filter((name) => ROWS[name].check !== undefined),
    ...LOAD_NAMES,
  ].map((name) => [name, true]),
);
const OPTIONS = { protocol: true, provider: true, platform: true, ...CHANGES };

/** The record that a new context has. */
export function defaultSettings(kind: ContextKind): Settings {
  const draft: Partial<Draft> = {};
  for (const name of SETTING_NAMES) setDefault(draft, name, kind);
  if (isWhole(draft)) return Object.freeze(draft);
  throw new TypeError("a setting has no default");
}

function setDefault<Name extends keyof Settings>(
  draft: Partial<Draft>,
  name: Name,
  kind: ContextKind,
): void {
  draft[name] = ROWS[name].default(kind);
}

function isWhole(draft: Partial<Draft>): draft is Draft {
  return SETTING_NAMES.every((name) => name in draft);
}

/**
 * The record after all of these options, or none of them where one is refused.
 *
 * @throws TypeError for a name that is no option, and what the checks throw
 */
export function changed(
  kind: ContextKind,
  settings: Settings,
  given: ContextChanges,
): Settings {
  const draft: Draft = { ...settings };
  const at: At = { kind, settings: draft, given };
  for (const name of SETTING_NAMES) check(draft, name, given, at);
  for (const name of LOAD_NAMES)
    Object.assign(draft, loadOf(name, given, at) ?? {});
  return Object.freeze(draft);
}

function check<Name extends keyof Settings>(
  draft: Draft,
  name: Name,
  given: Given<keyof Settings>,
  at: At,
): void {
  const { check: checked }: Row<Name> = ROWS[name];
  const value: Given<keyof Settings>[Name] = given[name];
  if (checked === undefined || value === undefined) return;
  draft[name] = checked(value, at);
}

function loadOf<Name extends Load>(
  name: Name,
  given: Given<Load>,
  at: At,
): Change | undefined {
  const value: Given<Load>[Name] = given[name];
  return value === undefined ? undefined : LOADS[name](value, at);
}

/**
 * The record after a property was set: undefined is a value like any other.
 *
 * @throws what the check throws
 */
export function withSetting<Name extends CheckedSetting>(
  kind: ContextKind,
  settings: Settings,
  name: Name,
  value: Input<Name>,
): Settings {
  const { check: checked }: Row<Name> = ROWS[name];
  if (checked === undefined) return settings;
  const draft: Draft = { ...settings };
  draft[name] = checked(value, { kind, settings, given: {} });
  return Object.freeze(draft);
}

/** As {@link withSetting}, for an option that is not a setting by itself. */
export function withLoad<Name extends Load>(
  kind: ContextKind,
  settings: Settings,
  name: Name,
  value: Input<Name>,
): Settings {
  const change = LOADS[name](value, { kind, settings, given: {} });
  return Object.freeze({ ...settings, ...change });
}

/**
 * Sees that all names are options.
 *
 * @param isNew whether the context is about to be made: its kind can be given
 * @throws TypeError for another name
 */
export function requireOptions(given: object, isNew: boolean): void {
  if (isNew) requireNames<object>("SSLContext", given, OPTIONS);
  else requireNames<object>("extend", given, CHANGES);
}

function keysOf<T extends object>(table: T): Extract<keyof T, string>[] {
  const names: Extract<keyof T, string>[] = [];
  for (const name in table) names.push(name);
  return names;
}
