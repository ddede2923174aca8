/** What between two OpenAPI documents would break an app that is installed already. */
export type Schema = {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  $ref?: string;
};

type Parameter = { name: string; in: string; required?: boolean };

export type Operation = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
};

export type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** Every promise of `before` that `after` does not keep; empty when all changes only add. */
export function findBreakingChanges(before: OpenApi, after: OpenApi): string[] {
  const faults: string[] = [];
  for (const [path, operations] of Object.entries(before.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now) compareOperation(name, operation, now, faults);
      else faults.push(`${name} is gone`);
    }
  }
  for (const [name, schema] of Object.entries(before.components.schemas)) {
    const now = after.components.schemas[name];
    if (now) compareAnswer(name, schema, now, faults);
  }
  return faults;
}

function compareOperation(name: string, before: Operation, after: Operation, faults: string[]): void {
  for (const parameter of after.parameters ?? []) {
    const known = before.parameters?.find((old) => old.name === parameter.name && old.in === parameter.in);
    if (parameter.required && !known?.required)
      faults.push(`${name} parameter ${parameter.name} became required`);
  }
  for (const parameter of before.parameters ?? []) {
    if (!after.parameters?.some((now) => now.name === parameter.name)) {
      faults.push(`${name} parameter ${parameter.name} is gone`);
    }
  }
  for (const [type, { schema }] of Object.entries(before.requestBody?.content ?? {})) {
    const now = after.requestBody?.content[type]?.schema;
    if (now) compareBody(`${name} body`, schema, now, faults);
    else faults.push(`${name} no longer takes ${type}`);
  }
  for (const [status, { content = {} }] of Object.entries(before.responses)) {
    const isSuccess = status.startsWith('2');
    if (!isSuccess) continue;
    if (!after.responses[status]) faults.push(`${name} no longer answers ${status}`);
    for (const [type, { schema }] of Object.entries(content)) {
      const now = after.responses[status]?.content?.[type]?.schema;
      if (schema && now) compareAnswer(`${name} ${status}`, schema, now, faults);
    }
  }
}

/** What a client sends: nothing may become required, vanish, or narrow. */
function compareBody(name: string, before: Schema, after: Schema, faults: string[]): void {
  for (const field of after.required ?? []) {
    if (!before.required?.includes(field)) faults.push(`${name}.${field} became required`);
  }
  for (const [field, schema] of Object.entries(before.properties ?? {})) {
    const now = after.properties?.[field];
    if (now) compareBody(`${name}.${field}`, schema, now, faults);
    else faults.push(`${name}.${field} is gone`);
  }
  for (const value of before.enum ?? []) {
    if (after.enum && !after.enum.includes(value)) faults.push(`${name} no longer takes ${String(value)}`);
  }
}

/** What a client reads: nothing may vanish or change its type. */
function compareAnswer(name: string, before: Schema, after: Schema, faults: string[]): void {
  const [old, now] = [before, after].map(({ type, $ref }) => $ref ?? [type].flat().join('|'));
  if (old !== now) faults.push(`${name}: ${old} became ${now}`);
  for (const [field, schema] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[field];
    if (next) compareAnswer(`${name}.${field}`, schema, next, faults);
    else faults.push(`${name}.${field} is gone`);
  }
  if (before.items && after.items) compareAnswer(`${name}[]`, before.items, after.items, faults);
}
