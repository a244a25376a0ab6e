import jsep from 'jsep';

/**
 * A formula as text, for example `max(100, 10 * cores)`: numbers, names of inputs, `+ - * / %`, comparisons, `? :` and a few functions. A
 * derivation holds its formula once, in this form; its value and the line with the numbers filled in follow from it, so they cannot disagree.
 * The grammar is a part of JavaScript's, so that anybody can evaluate a formula of a report elsewhere. Parsing is jsep's work.
 */
export class Expression {
  /** Parse a formula; parsed formulas are kept, since the same few hundred are asked for again and again. */
  public static parse(text: string): Expression {
    let expression = Expression.parsed.get(text);
    if (!expression) { Expression.parsed.set(text, expression = new Expression(text, jsep(text))); }
    return expression;
  }

  private static readonly parsed = new Map<string, Expression>();

  private constructor(public readonly text: string, private readonly tree: Node) {}

  /** Names that stand in the formula. */
  public get names(): string[] {
    const found = new Set<string>();
    collect(this.tree, found);
    return [...found];
  }

  /** The value for these inputs. */
  public evaluate(inputs: Inputs): number {
    return evaluate(this.tree, inputs);
  }

  /** The formula with the inputs' numbers in the place of their names. */
  public filledIn(inputs: Inputs): string {
    return print(this.tree, inputs, 0);
  }
}

/** Value of each name. */
export interface Inputs {
  readonly [name: string]: number;
}

type Node = jsep.Expression;

const FUNCTIONS: { readonly [name: string]: (...values: number[]) => number } = {
  min: Math.min, max: Math.max, ceil: Math.ceil, floor: Math.floor, round: Math.round, sqrt: Math.sqrt, log2: Math.log2, pow: Math.pow,
};

/** Comparisons give 1 or 0. */
const OPERATORS: { readonly [operator: string]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
};

/** How tightly an operator binds; brackets are printed where they are needed and nowhere else. */
const BINDING: { readonly [operator: string]: number } = { '==': 2, '<': 3, '<=': 3, '>': 3, '>=': 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5 };

function evaluate(node: Node, inputs: Inputs): number {
  switch (node.type) {
    case 'Literal': return numeral(node as jsep.Literal);
    case 'Identifier': return valueOf((node as jsep.Identifier).name, inputs);
    case 'UnaryExpression': return -evaluate(negated(node), inputs);
    case 'BinaryExpression': {
      const { operator, left, right } = node as jsep.BinaryExpression;
      return known(OPERATORS, operator)(evaluate(left, inputs), evaluate(right, inputs));
    }
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as jsep.ConditionalExpression;
      return evaluate(evaluate(test, inputs) ? consequent : alternate, inputs);
    }
    case 'CallExpression': {
      const call = node as jsep.CallExpression;
      return known(FUNCTIONS, nameOf(call.callee))(...call.arguments.map(argument => evaluate(argument, inputs)));
    }
    default: throw new RangeError(`a formula cannot hold a ${node.type}`);
  }
}

function print(node: Node, inputs: Inputs, outer: number): string {
  switch (node.type) {
    case 'Literal': return String(numeral(node as jsep.Literal));
    case 'Identifier': {
      const value = valueOf((node as jsep.Identifier).name, inputs);
      return value < 0 ? `(${rounded(value)})` : rounded(value);
    }
    case 'UnaryExpression': return `-${print(negated(node), inputs, 6)}`;
    case 'BinaryExpression': {
      const { operator, left, right } = node as jsep.BinaryExpression;
      const binding = known(BINDING, operator);
      const text = `${print(left, inputs, binding)} ${operator === '*' ? 'x' : operator} ${print(right, inputs, binding + 1)}`;
      return binding < outer ? `(${text})` : text;
    }
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as jsep.ConditionalExpression;
      const text = `${print(test, inputs, 2)} ? ${print(consequent, inputs, 1)} : ${print(alternate, inputs, 1)}`;
      return outer > 1 ? `(${text})` : text;
    }
    default: {
      const call = node as jsep.CallExpression;
      return `${nameOf(call.callee)}(${call.arguments.map(argument => print(argument, inputs, 0)).join(', ')})`;
    }
  }
}

function collect(node: Node, found: Set<string>): void {
  switch (node.type) {
    case 'Identifier': found.add((node as jsep.Identifier).name); break;
    case 'CallExpression': (node as jsep.CallExpression).arguments.forEach(argument => collect(argument, found)); break;
    default:
      for (const child of ['argument', 'left', 'right', 'test', 'consequent', 'alternate']) {
        const next = node[child];
        if (next) { collect(next as Node, found); }
      }
  }
}

function numeral(literal: jsep.Literal): number {
  if (typeof literal.value !== 'number') { throw new RangeError(`a formula cannot hold ${literal.raw}`); }
  return literal.value;
}

function negated(node: Node): Node {
  const { operator, argument } = node as jsep.UnaryExpression;
  if (operator !== '-') { throw new RangeError(`a formula cannot hold the operator ${operator}`); }
  return argument;
}

function nameOf(callee: Node): string {
  if (callee.type !== 'Identifier') { throw new RangeError(`a formula cannot call a ${callee.type}`); }
  return (callee as jsep.Identifier).name;
}

function valueOf(name: string, inputs: Inputs): number {
  return known(inputs, name);
}

function known<T>(table: { readonly [name: string]: T }, name: string): T {
  if (!Object.prototype.hasOwnProperty.call(table, name)) { throw new RangeError(`a formula uses ${name}, which is none of ${Object.keys(table).join(', ')}`); }
  return table[name];
}

/** Six significant digits of a fraction are enough to follow a sum. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
