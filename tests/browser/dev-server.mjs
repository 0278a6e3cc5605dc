// A server to develop the dashboard against: the HTTP contract and the strict Content-Security-Policy of the
// real one, with made-up calls and an agent that hums. Not for production, nor a substitute for it in tests.
//   npm run dev            (PORT, default 8001; ADMIN_API_KEY, default "dev"; EMPTY=1: a history without calls)

import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { DevAgent, kPhrases } from './dev-agent.mjs';

const dist = process.env.CENTRALITA_WEB ?? join(dirname(fileURLToPath(import.meta.url)), '../../web/dist');
const port = Number(process.env.PORT ?? 8001);
const key = process.env.ADMIN_API_KEY ?? 'dev';

const kHeaders = {
  'Content-Security-Policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'Permissions-Policy': 'microphone=(self)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};
const kTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const sessions = new Set();
const tickets = new Set(); // client ids that may open one socket
const calls = process.env.EMPTY ? [] : madeUpCalls(60);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => send(response, 500, { error: { code: 'internal', message: String(error) } }));
});

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /health') return send(response, 200, { status: 'ok' });
  if (route === 'GET /login') return page(response, 'login.html');
  if (route === 'POST /login') {
    const given = new URLSearchParams(await body(request)).get('api_key');
    if (given !== key) return redirect(response, '/login?error=1#error');
    const session = randomUUID();
    sessions.add(session);
    return redirect(response, '/dashboard', { 'Set-Cookie': `session=${session}; HttpOnly; SameSite=Strict; Path=/` });
  }
  if (route === 'POST /logout') {
    sessions.delete(sessionOf(request));
    return redirect(response, '/login', { 'Set-Cookie': 'session=; Max-Age=0; Path=/' });
  }
  if (url.pathname.startsWith('/static/')) return page(response, url.pathname.slice('/static/'.length));
  if (url.pathname.startsWith('/dashboard')) {
    return signedIn(request) ? page(response, 'index.html') : redirect(response, '/login');
  }
  if (url.pathname === '/') return redirect(response, '/dashboard');
  if (!signedIn(request)) {
    return send(response, 401, { error: { code: 'unauthorized', message: 'a key or a session is needed' } });
  }
  if (route === 'POST /ws/simulator/v2/start') {
    const id = randomUUID();
    tickets.add(id);
    return send(response, 200, {
      status: 'ready',
      version: 'v2',
      client_id: id,
      phrases: kPhrases,
      agent: { name: 'Andrea', language: 'es-MX', voice: 'es-MX-DaliaNeural' },
    });
  }
  if (route === 'GET /api/v1/calls') return send(response, 200, listCalls(url.searchParams));
  const id = /^\/api\/v1\/calls\/([^/]+)$/.exec(url.pathname)?.[1];
  if (id && request.method === 'GET') {
    const found = calls.find((one) => String(one.call.id) === decodeURIComponent(id));
    if (found) return send(response, 200, found);
  }
  return send(response, 404, { error: { code: 'not-found', message: `nothing at ${url.pathname}` } });
}

function listCalls(query) {
  const limit = Math.min(100, Number(query.get('limit') ?? 50));
  const from = query.get('cursor') ? calls.findIndex((one) => String(one.call.id) === query.get('cursor')) + 1 : 0;
  const chosen = calls.slice(from, from + limit);
  const more = from + limit < calls.length;
  return {
    calls: chosen.map(({ call: { error, ...summary } }) => summary),
    next_cursor: more ? String(chosen.at(-1).call.id) : null,
  };
}

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://localhost');
  const id = url.searchParams.get('client_id');
  if (url.pathname !== '/ws/simulator/v2/stream' || !signedIn(request) || !tickets.delete(id)) {
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => new DevAgent(client, newRecord(id)));
});

function newRecord(id) {
  const startTime = new Date();
  const record = {
    call: {
      id: calls.length + 1,
      session_id: id,
      client_type: 'browser',
      direction: 'inbound',
      from: null,
      to: null,
      provider_call_id: null,
      agent: 'Andrea',
      status: 'active',
      end_cause: null,
      start_time: startTime.toISOString(),
      end_time: null,
      duration_ms: null,
      error: null,
    },
    transcripts: [],
  };
  return {
    begin: () => calls.unshift(record),
    add: (turn) => record.transcripts.push({ ...turn, timestamp: new Date().toISOString() }),
    end: (cause) => {
      const now = new Date();
      Object.assign(record.call, {
        status: 'completed',
        end_cause: cause,
        end_time: now.toISOString(),
        duration_ms: now - startTime,
      });
    },
  };
}

function madeUpCalls(count) {
  const causes = ['caller-hung-up', 'agent-hung-up', 'idle', 'provider-failed', 'max-duration'];
  return Array.from({ length: count }, (_, i) => {
    const start = Date.now() - (i * 3.7 + 0.4) * 3_600_000;
    const cause = causes[(i * i) % causes.length];
    const failed = cause === 'provider-failed';
    const lasted = 20_000 + ((i * 7919) % 240_000);
    const telephone = i % 3 !== 0;
    const at = (ms) => new Date(start + ms).toISOString();
    return {
      call: {
        id: count - i,
        session_id: `seed-${count - i}`,
        client_type: telephone ? 'twilio' : 'browser',
        direction: i % 7 === 4 ? 'outbound' : 'inbound',
        from: telephone ? (i % 5 === 2 ? '+15125550142' : `+5255123456${String(10 + (i % 80))}`) : null,
        to: telephone ? '+525588880000' : null,
        provider_call_id: telephone ? `CA${String(i).padStart(32, '0')}` : null,
        agent: i % 4 === 0 ? 'Andrea' : 'Ventas',
        status: failed ? 'failed' : 'completed',
        end_cause: cause,
        start_time: at(0),
        end_time: at(lasted),
        duration_ms: lasted,
        error: failed ? 'Azure Speech contestó 503 tres veces seguidas.' : null,
      },
      transcripts: [
        { role: 'assistant', content: 'Hola, le habla Andrea. ¿En qué le puedo ayudar?', generated: null, interrupted: false, timestamp: at(350), timings: null },
        { role: 'user', content: 'quiero una cita el martes', generated: null, interrupted: false, timestamp: at(5200), timings: null },
        {
          role: 'assistant',
          content: 'Con gusto. Tengo libre el martes a las diez',
          generated: 'Con gusto. Tengo libre el martes a las diez o a las once y media. ¿Cuál prefiere?',
          interrupted: true,
          timestamp: at(7600),
          timings: { response_ms: 912, endpointing_ms: 240, stt_ms: 201, llm_first_token_ms: 180, llm_first_clause_ms: 312, tts_first_byte_ms: 128 },
        },
        { role: 'user', content: 'a las diez está bien', generated: null, interrupted: false, timestamp: at(10100), timings: null },
        {
          role: 'assistant',
          content: 'Perfecto, queda el martes a las diez. ¿Algo más?',
          generated: null,
          interrupted: false,
          timestamp: at(12700),
          timings: { response_ms: 640, endpointing_ms: 210, stt_ms: 150, llm_first_token_ms: 95, llm_first_clause_ms: 161, tts_first_byte_ms: 92 },
        },
      ],
    };
  });
}

function sessionOf(request) {
  return /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
}

function signedIn(request) {
  const given = request.headers['x-api-key'] ?? /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return given === key || sessions.has(sessionOf(request));
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function page(response, name) {
  const type = kTypes[extname(name)];
  const content = type && !name.includes('..') ? await readFile(join(dist, name)).catch(() => null) : null;
  if (!content) return send(response, 404, { error: { code: 'not-found', message: name } });
  response.writeHead(200, { ...kHeaders, 'Content-Type': type }).end(content);
}

function send(response, status, value) {
  response.writeHead(status, { ...kHeaders, 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function redirect(response, to, headers = {}) {
  response.writeHead(303, { ...kHeaders, ...headers, Location: to }).end();
}

server.listen(port, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/dashboard  (key: ADMIN_API_KEY)`);
});
