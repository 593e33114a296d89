/** The rule of commit messages that CONTRIBUTING.md states. */
const LONGEST = 72;

/** An area, or several with commas, and the first word behind it. */
const SUBJECT = /^[a-z][\w-]*(?:, [a-z][\w-]*)*: (\S+)/;

const NO_VERBS =
  "a an the this that it what who where whether how no some all each every";
const VERBS = "bring embed exceed feed need seed shed speed string";

function isNoImperative(word) {
  if (VERBS.split(" ").includes(word)) return false;
  return NO_VERBS.split(" ").includes(word) || /(?:ing|ed)$/.test(word);
}

/** Lists the faults of a commit's message; the list is empty if it has none. */
export function problemsOf(subject, body) {
  const problems = [];
  if (subject.length > LONGEST)
    problems.push(
      `the subject has ${subject.length} characters; ${LONGEST} are allowed`,
    );
  const [, word] = SUBJECT.exec(subject) ?? [];
  if (word === undefined)
    problems.push("the subject is not of the form `area: imperative`");
  else if (isNoImperative(word))
    problems.push(`behind the area stands "${word}", which is no imperative`);
  if (subject.endsWith(".")) problems.push("the subject ends with a full stop");
  if (body.trim() === "") problems.push("it has no body that says why");
  return problems;
}
