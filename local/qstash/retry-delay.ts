/**
 * `Upstash-Retry-Delay`: a small arithmetic language that gives milliseconds until the next attempt.
 * Numbers, `retried`, `+ - * /`, parentheses and the functions below; anything else is refused.
 */

const FUNCTIONS: Record<string, { arity: number; apply(...values: number[]): number }> = {
  pow: { arity: 2, apply: Math.pow },
  min: { arity: 2, apply: Math.min },
  max: { arity: 2, apply: Math.max },
  sqrt: { arity: 1, apply: Math.sqrt },
  abs: { arity: 1, apply: Math.abs },
  exp: { arity: 1, apply: Math.exp },
  floor: { arity: 1, apply: Math.floor },
  ceil: { arity: 1, apply: Math.ceil },
  round: { arity: 1, apply: Math.round },
};

type Evaluate = (retried: number) => number;

/** Turns an expression into a function of `retried`. Throws with a sentence that says what is wrong with it. */
export function compileRetryDelay(expression: string): Evaluate {
  const tokens = tokenize(expression);
  const evaluate = parseSum(tokens);
  const rest = tokens.shift();
  if (rest !== undefined) throw new Error(`"${rest}" was not expected`);
  return evaluate;
}

function tokenize(expression: string): string[] {
  const tokens = expression.match(/\d+(?:\.\d+)?|\.\d+|[a-z]+|[-+*/(),]|\S/gi) ?? [];
  if (tokens.length === 0) throw new Error('it is empty');
  if (tokens.length > 200) throw new Error('it is too long');
  return tokens;
}

function parseSum(tokens: string[]): Evaluate {
  let left = parseProduct(tokens);
  while (tokens[0] === '+' || tokens[0] === '-') {
    const sign = tokens.shift() === '+' ? 1 : -1;
    const [a, b] = [left, parseProduct(tokens)];
    left = (retried) => a(retried) + sign * b(retried);
  }
  return left;
}

function parseProduct(tokens: string[]): Evaluate {
  let left = parseFactor(tokens);
  while (tokens[0] === '*' || tokens[0] === '/') {
    const isProduct = tokens.shift() === '*';
    const [a, b] = [left, parseFactor(tokens)];
    left = isProduct ? (retried) => a(retried) * b(retried) : (retried) => a(retried) / b(retried);
  }
  return left;
}

function parseFactor(tokens: string[]): Evaluate {
  const token = tokens.shift();
  if (token === undefined) throw new Error('it ends too early');
  if (token === '-') {
    const operand = parseFactor(tokens);
    return (retried) => -operand(retried);
  }
  if (token === '(') {
    const inner = parseSum(tokens);
    expect(tokens, ')');
    return inner;
  }
  if (token === 'retried') return (retried) => retried;
  if (/^[\d.]/.test(token)) {
    const value = Number(token);
    if (Number.isFinite(value)) return () => value;
  }
  return parseCall(token, tokens);
}

function parseCall(name: string, tokens: string[]): Evaluate {
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!called) throw new Error(`"${name}" was not expected`);
  expect(tokens, '(');
  const parameters = [parseSum(tokens)];
  while (parameters.length < called.arity) {
    expect(tokens, ',');
    parameters.push(parseSum(tokens));
  }
  expect(tokens, ')');
  return (retried) => called.apply(...parameters.map((parameter) => parameter(retried)));
}

function expect(tokens: string[], wanted: string): void {
  const token = tokens.shift();
  if (token !== wanted) throw new Error(`"${wanted}" was expected instead of "${token ?? 'the end'}"`);
}
