// The simulator in a real browser, against a running server with its database and the sandbox:
//   BASE_URL        the server's address
//   ADMIN_API_KEY   its key
//   FAKE_MIC_WAV    what the caller says, after some seconds of silence for the greeting
//   SPEECH_WAV      the same words, without the silence
//   SCREENSHOT_DIR  where pictures are left; without it, none are taken

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { eventually, key, lines, shoot, signIn } from './dashboard.mjs';
import { hum } from './sound.mjs';

const { BASE_URL: baseUrl, FAKE_MIC_WAV: microphone, SPEECH_WAV: speech } = process.env;
const kRealCallMs = 45_000; // a turn of a real call, synthesis and models included

let speaking; // a browser with a microphone
let mute; // a browser that is refused one

before(async () => {
  speaking = await launch({ microphone });
  mute = await launch();
});

after(async () => {
  await speaking?.close();
  await mute?.close();
});

const simulator = (page) => page.getByTestId('simulator');
const number = async (page, name) => Number(await simulator(page).getAttribute(`data-${name}`));

/**
 * Takes the simulator's socket from the server: the test says what comes over it, and reads what goes. Before
 * the page is loaded.
 */
async function playServer(page) {
  const sent = [];
  let connected;
  const socket = new Promise((resolve, reject) => {
    connected = resolve;
    setTimeout(() => reject(new Error('the page has not started a call in 30 s')), 30_000).unref();
  });
  socket.catch(() => {}); // said by whoever waits for it
  await page.route('**/ws/simulator/v2/start', (route) =>
    route.fulfill({
      json: {
        status: 'ready', version: 'v2', client_id: 'played', phrases: ['<b>hola</b>'],
        agent: { name: 'A', language: 'es-MX', voice: 'V' },
      },
    }),
  );
  await page.routeWebSocket('**/ws/simulator/v2/stream**', (ws) => {
    ws.onMessage((text) => {
      const message = JSON.parse(text);
      sent.push(message);
      if (message.event === 'start') connected(ws);
    });
  });
  return {
    sent,
    socket,
    say: async (...messages) => {
      for (const message of messages) (await socket).send(JSON.stringify(message));
    },
  };
}

const kAttack = '<img src=x onerror="globalThis.attacked = true"><b>negrita</b>';

describe('signing in', () => {
  test('a wrong key is refused with a message, and the dashboard stays closed', async () => {
    const { context, page, wrongs } = await openPage(mute, baseUrl);
    await page.goto('/dashboard');
    assert.match(page.url(), /\/login/);
    assert.equal(await page.locator('#error').isVisible(), false);
    await shoot(page, 'login');
    await page.fill('[name=api_key]', `${key}-wrong`);
    await page.click('button[type=submit]');
    await page.locator('#error').waitFor({ state: 'visible' });
    assert.match(await page.locator('#error').innerText(), /clave no es correcta/);
    await page.getByText('en', { exact: true }).click();
    assert.match(await page.locator('#error').innerText(), /key is not right/);
    await shoot(page, 'login-refused-en');
    await page.goto('/dashboard');
    assert.match(page.url(), /\/login/);
    assert.equal((await page.request.get('/api/v1/calls')).status(), 401);
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  test('signing out closes the dashboard', async () => {
    const { context, page, wrongs } = await openPage(mute, baseUrl);
    await signIn(page);
    await page.getByRole('button', { name: 'Salir' }).click();
    await page.waitForURL('**/login');
    await page.goto('/dashboard');
    assert.match(page.url(), /\/login/);
    assert.deepEqual(wrongs, []);
    await context.close();
  });
});

describe('a call from the simulator', () => {
  let context, page, wrongs, clientId, heard, answered;

  before(async () => {
    ({ context, page, wrongs } = await openPage(speaking, baseUrl));
    await signIn(page);
  });
  after(() => context.close());

  test('the agent greets, in words and in sound', async () => {
    await simulator(page).waitFor();
    await page.keyboard.press('Space');
    await eventually('the greeting in the transcript', () => lines(page, 'assistant').count(), kRealCallMs);
    assert.notEqual((await lines(page, 'assistant').first().innerText()).trim(), '');
    // Measured on the audio thread, from the samples that go to the loudspeaker.
    await eventually('half a second of the agent heard', async () => (await number(page, 'agent-voiced-ms')) > 500);
    assert.ok((await number(page, 'agent-peak-rms')) > 0.01, 'the greeting is loud enough to be heard');
    clientId = await simulator(page).getAttribute('data-client-id');
  });

  test('the caller is heard and transcribed', async () => {
    await eventually('the caller in the transcript', () => lines(page, 'user').count(), kRealCallMs);
    heard = (await lines(page, 'user').first().innerText()).trim();
    assert.notEqual(heard, '');
    assert.ok((await number(page, 'caller-peak-rms')) > 0.01, 'the microphone carried sound');
  });

  test('the agent answers what the caller said, in words and in sound', async () => {
    const before = await number(page, 'agent-voiced-ms');
    answered = await eventually('an answer after the caller', async () => {
      const roles = await page.locator('[data-role]').evaluateAll((all) => all.map((one) => one.dataset.role));
      const at = roles.indexOf('assistant', roles.indexOf('user'));
      return at > 0 && page.locator('[data-role]').nth(at).getByTestId('line-text').innerText();
    }, kRealCallMs);
    await eventually('the answer heard', async () => (await number(page, 'agent-voiced-ms')) > before + 300);
    await eventually('a response time', () => page.getByTestId('last-response').count());
    await shoot(page, 'probar-call-es-light-1280');
  });

  test('hanging up ends the call', async () => {
    const state = () => simulator(page).getAttribute('data-agent-state');
    await eventually('the end of the answer', async () => (await state()) === 'listening');
    await page.getByTestId('call').click();
    await page.getByTestId('ended').waitFor({ timeout: 10_000 });
    assert.equal(await simulator(page).getAttribute('data-phase'), 'ended');
    await shoot(page, 'probar-ended-es-light-1280');
  });

  test('the history has the call with its transcript', async () => {
    await page.getByRole('link', { name: 'Historial', exact: true }).click();
    const rows = page.locator('[data-call-id]');
    await rows.first().waitFor();
    // By the call's key; a server that keeps its own key has it as the newest.
    const own = page.locator(`[data-session-id="${clientId}"]`);
    await ((await own.count()) ? own : rows).first().click();
    await lines(page, 'user').first().waitFor();
    const texts = await page.getByTestId('line-text').allInnerTexts();
    assert.ok(texts.some((text) => text.includes(heard)), `"${heard}" is in ${JSON.stringify(texts)}`);
    assert.ok(texts.some((text) => text.includes(answered.slice(0, 12))), `the answer is in ${JSON.stringify(texts)}`);
    assert.match(page.url(), /#\/historial\/./);
  });

  test('nothing went wrong in the console, no policy was broken, no other host was asked', () => {
    assert.deepEqual(wrongs, []);
  });
});

describe('the simulator with a server played by the test', () => {
  test('a transcript with markup is shown as text', async () => {
    const { context, page, wrongs } = await openPage(speaking, baseUrl);
    const played = await playServer(page);
    await signIn(page);
    await page.getByTestId('call').click();
    await played.say(
      { type: 'transcript', role: 'assistant', text: kAttack, turn: 0, interrupted: false },
      { type: 'transcript', role: 'user', text: kAttack, turn: 1, interrupted: false },
      { type: 'error', code: 'provider-failed', text: kAttack },
    );
    await lines(page, 'user').waitFor();
    assert.equal(await lines(page, 'user').innerText(), kAttack);
    assert.equal(await lines(page, 'assistant').innerText(), kAttack);
    assert.match(await page.locator('.problem').innerText(), /Falló un proveedor[\s\S]*<img/);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  test('it sends 20 ms frames from the start on, and goes on sending while the agent speaks', async () => {
    const { context, page } = await openPage(speaking, baseUrl);
    const played = await playServer(page);
    await signIn(page);
    await page.getByTestId('call').click();
    await played.say({ type: 'audio', data: hum(5000).toString('base64') });
    await eventually('the agent to be heard', async () => (await number(page, 'agent-voiced-ms')) > 200);
    assert.equal(played.sent[0].event, 'start');
    assert.deepEqual(played.sent[0].start.media_format, { encoding: 'audio/pcm', sample_rate: 16000, channels: 1 });
    const before = played.sent.length;
    await eventually('another second of media', () => played.sent.length - before >= 50, 3000);
    for (const message of played.sent.slice(1)) {
      assert.equal(message.event, 'media');
      assert.equal(Buffer.from(message.media.payload, 'base64').length, 640);
    }
    await context.close();
  });

  test('clear drops what is queued, echoes its marks at once and silences the agent', async () => {
    const { context, page } = await openPage(speaking, baseUrl);
    const played = await playServer(page);
    await signIn(page);
    await page.getByTestId('call').click();
    const mark = (name) => ({ event: 'mark', mark: { name } });
    const echoed = () => played.sent.filter((one) => one.event === 'mark').map((one) => one.mark.name);
    await played.say(
      { type: 'audio', data: hum(400).toString('base64') },
      mark('first'),
      { type: 'audio', data: hum(60_000).toString('base64') }, // a minute in one message: no limit of length
      mark('second'),
    );
    await eventually('the first mark, once played', () => echoed().includes('first'));
    assert.deepEqual(echoed(), ['first']);
    const playedMs = await number(page, 'agent-played-ms');
    assert.ok(playedMs >= 360 && playedMs < 5000, `the first mark came after ${playedMs} ms of sound`);
    await played.say(
      { type: 'transcript', role: 'assistant', text: 'El martes a las diez o a las once.', turn: 0 },
      { event: 'clear' },
      { type: 'transcript', role: 'assistant', text: 'El martes a las', turn: 0, interrupted: true },
    );
    await eventually('the mark that was pending', () => echoed().includes('second'));
    await page.locator('[data-interrupted=true]').waitFor();
    assert.match(await lines(page, 'assistant').innerHTML(), /^El martes a las <s [^>]*>diez o a las once\.<\/s>$/);
    const rest = await number(page, 'agent-played-ms');
    // 15 frames of the microphone are 0.3 s of the audio clock.
    const frames = played.sent.length;
    await eventually('more of the caller', () => played.sent.length >= frames + 15);
    assert.ok((await number(page, 'agent-played-ms')) <= rest + 100, 'nothing is played after the clear');
    await shoot(page, 'probar-interrupted-es-light-1280');
    await context.close();
  });

  test('a connection that is lost is said, with what to do', async () => {
    const { context, page } = await openPage(speaking, baseUrl);
    const played = await playServer(page);
    await signIn(page);
    await page.getByTestId('call').click();
    await (await played.socket).close({ code: 1011, reason: 'lost' });
    await page.locator('.problem[data-code=connection-lost]').waitFor();
    assert.match(await page.locator('.problem').innerText(), /vuelva a llamar/);
    await context.close();
  });
});

describe('without a microphone', () => {
  test('the refusal is explained, and a sound file speaks as the caller', async () => {
    const { context, page, wrongs } = await openPage(mute, baseUrl);
    await signIn(page);
    await page.getByTestId('call').click();
    await page.locator('.problem[data-code=microphone-refused]').waitFor();
    assert.match(await page.locator('.problem').innerText(), /candado/);
    await shoot(page, 'probar-refused-es-light-1280');
    await page.getByRole('button', { name: 'Usar un archivo de audio' }).click();
    await page.getByTestId('file').setInputFiles(speech);
    await page.getByTestId('call').click();
    await eventually('the caller in the transcript', () => lines(page, 'user').count(), kRealCallMs);
    assert.ok((await number(page, 'caller-peak-rms')) > 0.01);
    await page.getByTestId('call').click();
    await page.getByTestId('ended').waitFor({ timeout: 10_000 });
    assert.deepEqual(wrongs, []);
    await context.close();
  });
});

describe('the history', () => {
  const call = (id, more = {}) => ({
    id,
    session_id: `s-${id}`,
    client_type: 'twilio',
    direction: 'inbound',
    from: '+525512345678',
    to: '+525588880000',
    provider_call_id: `CA${id}`,
    agent: 'Andrea',
    status: 'completed',
    end_cause: 'caller-hung-up',
    error: '',
    start_time: new Date(Date.now() - (1000 - id) * 60_000).toISOString(),
    end_time: new Date().toISOString(),
    duration_ms: 61_000,
    extracted_data: null,
    extraction: null,
    usage: null,
    cost: null,
    recording: null,
    kept_until: null,
    ...more,
  });
  const answerCalls = (page, answer) =>
    page.route('**/api/v1/calls?**', (route) => {
      const query = new URL(route.request().url()).searchParams;
      const { status = 200, ...json } = answer(query);
      return route.fulfill({ status, json: status === 200 ? { newest: null, ...json } : json });
    });

  test('a stored transcript with markup is shown as text', async () => {
    const { context, page, wrongs } = await openPage(mute, baseUrl);
    await signIn(page);
    const timestamp = new Date().toISOString();
    await page.route('**/api/v1/calls/1', (route) =>
      route.fulfill({
        json: {
          call: { ...call(1), error: kAttack },
          transcripts: [{ role: 'user', content: kAttack, generated: '', interrupted: false, timestamp, timings: {} }],
          events: [],
          tool_calls: [],
        },
      }),
    );
    await page.goto('/dashboard#/historial/1');
    await lines(page, 'user').waitFor();
    assert.equal(await lines(page, 'user').innerText(), kAttack);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  test('older calls are loaded by the cursor, newer ones wait for a click', async () => {
    const { context, page, wrongs } = await openPage(mute, baseUrl);
    await page.clock.install();
    await signIn(page);
    let newest = 100;
    await answerCalls(page, (query) => {
      const from = Number(query.get('cursor') ?? newest);
      const limit = Number(query.get('limit'));
      const ids = Array.from({ length: Math.min(limit, from - 60) }, (_, i) => from - i);
      const last = ids.at(-1);
      return { calls: ids.map((id) => call(id)), next_cursor: last > 61 ? String(last - 1) : null };
    });
    await page.goto('/dashboard#/historial');
    const rows = page.locator('[data-call-id]');
    await rows.nth(24).waitFor();
    assert.equal(await rows.count(), 25);
    await page.getByRole('button', { name: 'Cargar más' }).click();
    await rows.nth(39).waitFor();
    assert.equal(await rows.count(), 40);
    assert.equal(await page.getByText('Son todas: 40 llamadas.').count(), 1);

    newest = 103;
    await page.clock.runFor(11_000);
    await page.getByRole('button', { name: '3 llamadas nuevas' }).waitFor();
    assert.equal(await rows.first().getAttribute('data-call-id'), '100', 'the rows stay put');
    await page.getByRole('button', { name: '3 llamadas nuevas' }).click();
    assert.equal(await rows.first().getAttribute('data-call-id'), '103');
    assert.equal(await rows.count(), 43);
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  test('an empty history says how to get the first call', async () => {
    const { context, page } = await openPage(mute, baseUrl);
    await signIn(page);
    await answerCalls(page, () => ({ calls: [], next_cursor: null }));
    await page.goto('/dashboard#/historial');
    await page.getByText('Todavía no hay llamadas').waitFor();
    await shoot(page, 'historial-empty-es-light-1280');
    await page.getByRole('link', { name: 'Hacer una llamada de prueba' }).click();
    await simulator(page).waitFor();
    await context.close();
  });

  test('a failure says what happened and what to do, and trying again mends it', async () => {
    const { context, page } = await openPage(mute, baseUrl);
    await signIn(page);
    let broken = true;
    await answerCalls(page, () =>
      broken
        ? { status: 503, error: { code: 'database', message: 'no database' } }
        : { calls: [call(7)], next_cursor: null },
    );
    await page.goto('/dashboard#/historial');
    await page.locator('.problem').waitFor();
    assert.match(await page.locator('.problem').innerText(), /No se pudo leer el historial[\s\S]*no database/);
    broken = false;
    await page.getByRole('button', { name: 'Reintentar' }).click();
    await page.locator('[data-call-id="7"]').waitFor();
    assert.equal(await page.locator('.problem').count(), 0);
    await context.close();
  });
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
