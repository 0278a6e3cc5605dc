// A web service as the form shows it: its arguments as rows, where its JSON Schema is that simple. Pure.

export interface Tool {
  name: string;
  description: string;
  url: string;
  method?: string;
  secret?: string;
  timeout_ms?: number;
  retries?: number;
  headers?: Record<string, string>;
  parameters?: Record<string, unknown>;
}

export const kArgumentTypes = ['string', 'number', 'integer', 'boolean'] as const;

export interface Argument {
  name: string;
  type: (typeof kArgumentTypes)[number];
  description: string;
  required: boolean;
}

export const kNewTool: Tool = { name: '', description: '', url: '' };

/** null: the schema says more than rows can; it is shown as JSON. */
export function argumentsOf(tool: Tool): Argument[] | null {
  const schema = tool.parameters;
  if (schema === undefined) return [];
  const { type, properties = {}, required = [], ...more } = schema;
  if (type !== 'object' || Object.keys(more).length > 0 || !Array.isArray(required)) return null;
  const found: Argument[] = [];
  for (const [name, one] of Object.entries(properties as Record<string, Record<string, unknown>>)) {
    const { type: kind, description = '', ...rest } = one;
    const known = kArgumentTypes.find((each) => each === kind);
    if (!known || typeof description !== 'string' || Object.keys(rest).length > 0) return null;
    found.push({ name, type: known, description, required: required.includes(name) });
  }
  return found;
}

export function withArguments(tool: Tool, args: readonly Argument[]): Tool {
  const { parameters: _, ...others } = tool;
  if (args.length === 0) return others;
  const required = args.filter((one) => one.required).map((one) => one.name);
  return {
    ...others,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        args.map(({ name, type, description }) => [name, description === '' ? { type } : { type, description }]),
      ),
      ...(required.length === 0 ? {} : { required }),
    },
  };
}

/** With `value` as its `member`, or without it when there is nothing to say. */
export function withMember<K extends keyof Tool>(tool: Tool, member: K, value: Tool[K] | '' | undefined): Tool {
  const { [member]: _, ...others } = tool;
  const needed = member === 'name' || member === 'description' || member === 'url';
  return (value === undefined || (value === '' && !needed) ? others : { ...others, [member]: value }) as Tool;
}
