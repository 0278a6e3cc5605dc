// What goes between the page and the server, against the server's own OpenAPI document: every request of the page,
// every answer it gets and every message of the simulator's socket. Stricter than JSON Schema: a member that is
// not described is a mistake.

/** Where `value` is not as `schema` says; empty: it is. */
function mistakesIn(document, schema, value, place) {
  if (schema.$ref) return mistakesIn(document, at(document, schema.$ref), value, place);
  const options = schema.oneOf ?? schema.anyOf;
  if (options) {
    const all = options.map((one) => mistakesIn(document, one, value, place));
    const best = all.reduce((a, b) => (a.length <= b.length ? a : b));
    return all.some((one) => one.length === 0) ? [] : best;
  }
  if (schema.allOf) return mistakesIn(document, joined(document, schema.allOf), value, place);
  if ('const' in schema) return value === schema.const ? [] : [`${place} is ${JSON.stringify(value)}, not ${schema.const}`];
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${place} is ${JSON.stringify(value)}, none of ${schema.enum}`];
  const types = [schema.type ?? []].flat();
  const type = kindOf(value);
  const fits = types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
  if (!fits) return [`${place} is ${type}, not ${types.join(' or ')}`];
  if (type === 'array') return value.flatMap((one, n) => (schema.items ? mistakesIn(document, schema.items, one, `${place}/${n}`) : []));
  return type === 'object' ? mistakesInMembers(document, schema, value, place) : [];
}

function mistakesInMembers(document, schema, value, place) {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${place}/${name} is missing`);
  const wrong = Object.entries(value).flatMap(([name, one]) => {
    if (properties[name]) return mistakesIn(document, properties[name], one, `${place}/${name}`);
    if (more && more !== true) return mistakesIn(document, more, one, `${place}/${name}`);
    return schema.properties && more !== true ? [`${place}/${name} is not described`] : [];
  });
  return [...missing, ...wrong];
}

function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const at = (document, reference) =>
  reference
    .slice(2)
    .split('/')
    .reduce((node, name) => node[name], document);

/** allOf as one object, so that a member of one half is none too many for the other. */
function joined(document, parts) {
  const whole = { type: 'object', properties: {}, required: [] };
  for (const part of parts.map((one) => (one.$ref ? at(document, one.$ref) : one))) {
    Object.assign(whole.properties, part.properties);
    whole.required.push(...(part.required ?? []));
  }
  return whole;
}

export class Contract {
  constructor(document) {
    this.document = document;
    // Of two paths that fit, the one with fewer places to fill in.
    this.paths = Object.keys(document.paths)
      .map((path) => ({ path, form: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  }

  /** null: not a request of the API. */
  operation(method, url) {
    const { pathname } = new URL(url);
    if (!/^\/(api\/v1|ws)\//.test(pathname)) return null;
    const found = this.paths.find(({ path, form }) => form.test(pathname) && this.document.paths[path][method.toLowerCase()]);
    return found && { name: `${method} ${found.path}`, ...this.document.paths[found.path][method.toLowerCase()] };
  }

  ofRequest(method, url, body) {
    const operation = this.operation(method, url);
    if (operation === null) return [];
    if (!operation) return [`${method} ${url} is not described`];
    const described = [...(this.document.paths[operation.name.split(' ')[1]].parameters ?? []), ...(operation.parameters ?? [])];
    const known = described.map((one) => (one.$ref ? at(this.document, one.$ref) : one).name);
    const unknown = [...new URL(url).searchParams.keys()].filter((name) => !known.includes(name));
    const schema = operation.requestBody?.content['application/json']?.schema;
    return [
      ...unknown.map((name) => `${operation.name}: the query has no ${name}`),
      ...(schema && body !== null ? mistakesIn(this.document, schema, body, `${operation.name} body`) : []),
    ];
  }

  ofAnswer(method, url, status, body) {
    const operation = this.operation(method, url);
    if (!operation) return [];
    const response = operation.responses[status] ?? operation.responses.default;
    const { content } = response.$ref ? at(this.document, response.$ref) : response;
    const schema = content?.['application/json']?.schema;
    return schema ? mistakesIn(this.document, schema, body, `${operation.name} ${status}`) : [];
  }

  ofMessage(message) {
    const schema = { $ref: '#/components/schemas/SimulatorMessage' };
    return mistakesIn(this.document, schema, message, `simulator ${message.type ?? message.event}`);
  }
}

const found = new Set();
let checks = [];
let contract = null;

async function readContract(page, baseUrl, key) {
  const response = await page.request.get(`${baseUrl}/api/v1/openapi.json`, { headers: { Authorization: `Bearer ${key}` } });
  return new Contract(await response.json());
}

const isJson = (headers) => /^application\/json/.test(headers['content-type'] ?? '');

/** From now on; what is found is told by keptContract(). */
export async function watchContract(page, baseUrl, key) {
  contract ??= readContract(page, baseUrl, key);
  const known = await contract;
  const note = (mistakes) => mistakes.forEach((one) => found.add(one));
  page.on('request', (request) => {
    // The page asks by fetch and EventSource; a form's post is none of the API.
    if (!['fetch', 'eventsource'].includes(request.resourceType())) return;
    let body = null;
    try {
      body = request.postDataJSON();
    } catch {
      // A sound, say.
    }
    note(known.ofRequest(request.method(), request.url(), body));
  });
  page.on('response', (response) => {
    if (!isJson(response.headers())) return;
    const { method, url } = { method: response.request().method(), url: response.url() };
    if (!known.operation(method, url)) return;
    // A page that is left takes its answers with it.
    const check = response.json().then((body) => note(known.ofAnswer(method, url, response.status(), body)), () => {});
    checks.push(check);
  });
  page.on('websocket', (socket) => {
    if (!socket.url().includes('/ws/simulator/')) return;
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string' && !payload.startsWith('{"type":"audio"')) note(known.ofMessage(JSON.parse(payload)));
    });
  });
}

/** What was not as the document says, since the beginning. */
export async function brokenContract() {
  await Promise.all(checks);
  checks = [];
  return [...found];
}
