import { InvalidInput } from '../input/problems';
import { lineProblem, quoted } from '../input/text-safety';

/** Node groups of one priority: regular expressions (Go, RE2) of their ids. */
export interface ExpanderPriority {
  readonly priority: number;
  readonly expressions: string[];
}

/**
 * Key `priorities` of the ConfigMap that the priority expander reads. Up to 1.33 it is read by a YAML 1.1 parser into whole-number
 * keys, which refuses quoted ones and then ignores the whole map; a plain YAML printer quotes them. Expressions are always quoted:
 * `.*` alone would be an alias.
 */
export function priorityExpanderText(priorities: ExpanderPriority[]): string {
  const seen = new Set<number>();
  const sorted = [...priorities].sort((a, b) => b.priority - a.priority);
  return sorted.map(({ priority, expressions }) => {
    const problems = [
      Number.isSafeInteger(priority) && priority > 0 ? undefined : `priority must be a positive whole number, got ${quoted(priority)}`,
      seen.has(priority) ? `priority ${priority} is used twice; put the expressions into one list` : undefined,
      expressions.length > 0 ? undefined : `priority ${priority} has no expressions`,
      ...expressions.map(expression => lineProblem(`priority ${priority}: expression`, expression)),
      ...expressions.map(expression => (isRegularExpression(expression) ? undefined : `priority ${priority}: ${quoted(expression)} is not a regular expression`)),
    ].filter(problem => problem !== undefined);
    if (problems.length > 0) { throw new InvalidInput('priority expander', problems as string[]); }
    seen.add(priority);
    return `${priority}:\n${expressions.map(expression => `  - ${JSON.stringify(expression)}\n`).join('')}`;
  }).join('');
}

/** A text as a regular expression that matches just that text, in Go's syntax. */
export function literalExpression(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function isRegularExpression(expression: string): boolean {
  try { return new RegExp(expression) instanceof RegExp; } catch { return false; }
}
