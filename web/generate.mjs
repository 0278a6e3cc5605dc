// Writes the types of the server's contract, from what the server itself says of it.
//
//   node generate.mjs                      generated/api.ts, from server/openapi/*.json: part of every build
//   node generate.mjs --agent SCHEMA.json  src/agent_settings.ts, from `centralita schema agent`: ./dev docs
//   ... --check                            writes nothing; fails when what is there is something else

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const kOpenApi = join(here, '../server/openapi');

const kHead = '// Written by generate.mjs from the server’s own description: do not edit.\n';

/** The parts of the server's OpenAPI document as one: its paths, and its schemas and parameters by name. */
export async function openApi(folder = kOpenApi) {
  const document = { paths: {}, schemas: {}, parameters: {} };
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json')).sort()) {
    const { paths = {}, components = {} } = JSON.parse(await readFile(join(folder, name), 'utf8'));
    // A path may have methods in several parts.
    for (const [path, item] of Object.entries(paths)) document.paths[path] = { ...document.paths[path], ...item };
    Object.assign(document.schemas, components.schemas);
    Object.assign(document.parameters, components.parameters);
  }
  return document;
}

/** A JSON Schema as a TypeScript type. */
export function typeOf(schema, indent = '') {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return any.map((one) => typeOf(one, indent)).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'unknown')].flat();
  return types.map((type) => typeNamed(type, schema, indent)).join(' | ');
}

/** The agent's settings, and the same as a profile overrides them, are the program's and not the document's. */
function nameOf(reference) {
  const name = reference.split('/').at(-1);
  return /^Agent-(settings|overrides)$/.test(name) ? 'AgentSettings' : name;
}

function typeNamed(type, schema, indent) {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      return `Array<${schema.items ? typeOf(schema.items, indent) : 'unknown'}>`;
    case 'object':
      return objectType(schema, indent);
    default:
      return 'unknown';
  }
}

function objectType(schema, indent) {
  const more = schema.additionalProperties;
  if (schema.properties && Object.keys(schema.properties).length === 0) return '{}';
  if (!schema.properties) return `Record<string, ${more && more !== true ? typeOf(more, indent) : 'unknown'}>`;
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties).map(([name, one]) => {
    const said = one.description ? `${inner}/** ${one.description.replaceAll('*/', '* /')} */\n` : '';
    const key = /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);
    return `${said}${inner}${key}${required.has(name) ? '' : '?'}: ${typeOf(one, inner)};\n`;
  });
  return `{\n${members.join('')}${indent}}`;
}

export function apiTypes({ paths, schemas, parameters }) {
  const types = Object.entries(schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => {
      const said = schema.description ? `/** ${schema.description} */\n` : '';
      const type = typeOf(schema);
      // What is written of the settings may take some away.
      const own = name === 'AgentWrite' ? type.replaceAll('AgentSettings', 'AgentChanges') : type;
      return `${said}export type ${name} = ${own};\n`;
    });
  const imports = "import type { AgentChanges, AgentSettings } from '../src/agent_settings';\n";
  return [kHead, imports, ...types, operationTypes(paths, parameters)].join('\n');
}

const kMethods = ['get', 'put', 'post', 'patch', 'delete'];

/** What each request takes and answers, by "METHOD /path". */
function operationTypes(paths, parameters) {
  const found = Object.entries(paths).flatMap(([path, item]) =>
    kMethods
      .filter((method) => item[method])
      .map((method) => operationType(`${method.toUpperCase()} ${path}`, item[method], item.parameters, parameters)),
  );
  return `export interface Operations {\n${found.join('')}}\n`;
}

function operationType(name, operation, ofPath = [], parameters) {
  const query = [...ofPath, ...(operation.parameters ?? [])]
    .map((one) => (one.$ref ? parameters[one.$ref.split('/').at(-1)] : one))
    .filter((one) => one.in === 'query');
  const schema = {
    properties: Object.fromEntries(query.map((one) => [one.name, { ...one.schema, description: one.description }])),
    required: query.filter((one) => one.required).map((one) => one.name),
  };
  const asked = operation.requestBody?.content?.['application/json']?.schema;
  const body = asked ? typeOf(asked, '    ') + (operation.requestBody.required ? '' : ' | undefined') : 'undefined';
  const answers = Object.entries(operation.responses)
    .filter(([status]) => /^2/.test(status))
    .map(([, { content }]) => content?.['application/json']?.schema)
    .filter(Boolean)
    .map((one) => typeOf(one, '    '));
  return `  /** ${operation.summary} */
  ${JSON.stringify(name)}: {
    query: ${objectType(schema, '    ')};
    body: ${body};
    answer: ${[...new Set(answers)].join(' | ') || 'unknown'};
  };
`;
}

/** The settings of an agent, all of them optional: what is not stored has its default. */
export function agentTypes(schema) {
  const { properties } = schema.$defs.settings;
  const members = Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `  ${name}?: ${settingType(field)};\n`);
  return `${kHead}
export type AgentSettings = {
${members.join('')}};

export type SettingName = keyof AgentSettings;

/** What is to change of them: null takes a setting away. */
export type AgentChanges = { [K in SettingName]?: AgentSettings[K] | null };
`;
}

function settingType(field) {
  // In a document null takes a setting away; there is no null in what is read.
  const plain = { ...field, type: [field.type].flat().filter((type) => type !== 'null') };
  if (plain.enum) plain.enum = plain.enum.filter((value) => value !== null);
  return field.items?.type === 'object' ? 'Array<object>' : typeOf(plain, '  ');
}

/** generated/api.ts. */
export async function writeApiTypes() {
  await mkdir(join(here, 'generated'), { recursive: true });
  await writeFile(join(here, 'generated/api.ts'), apiTypes(await openApi()));
}

async function main(args) {
  const at = args.indexOf('--agent');
  if (at < 0) return writeApiTypes();
  const path = join(here, 'src/agent_settings.ts');
  const text = agentTypes(JSON.parse(await readFile(args[at + 1], 'utf8')));
  if (!args.includes('--check')) return writeFile(path, text);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return;
  console.error('web/src/agent_settings.ts is not what the server says; write it anew with ./dev docs');
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
