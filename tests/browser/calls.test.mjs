// The history, a call's page and the live calls in a real browser against the real server: BASE_URL,
// ADMIN_API_KEY and FAKE_MIC_WAV as in simulator.test.mjs; CALLER_PROGRAM is centralita, which places calls.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { axeProblems, key, screenshots, shoot, signIn } from './dashboard.mjs';
import { hum, silence } from './sound.mjs';

const baseUrl = process.env.BASE_URL;
const program = process.env.CALLER_PROGRAM;
const kCallMs = 60_000; // a call's beginning, the sandbox's speech included
const kAttack = '<img src=x onerror="globalThis.attacked = true">';
const rows = (page) => page.locator('[data-call-id]');

/** A stereo WAV file: the caller left, the agent right. */
function stereo(left, right, rate = 16000) {
  const count = Math.max(left.length, right.length) / 2;
  const file = Buffer.alloc(44 + count * 4);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + count * 4, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(2, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 4, 28);
  file.writeUInt16LE(4, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(count * 4, 40);
  for (let i = 0; i < count; i++) {
    file.writeInt16LE(2 * i < left.length ? left.readInt16LE(2 * i) : 0, 44 + 4 * i);
    file.writeInt16LE(2 * i < right.length ? right.readInt16LE(2 * i) : 0, 46 + 4 * i);
  }
  return file;
}

describe('calls that go on, and those that are over', { skip: !(baseUrl && program) && 'needs BASE_URL and CALLER_PROGRAM' }, () => {
  let browser, context, page, wrongs, caller, sessionId, said;

  before(async () => {
    if (screenshots) await mkdir(screenshots, { recursive: true });
    browser = await launch();
    ({ context, page, wrongs } = await openPage(browser, baseUrl));
    page.setDefaultTimeout(10_000);
    await signIn(page, '#/envivo');
  });
  after(async () => {
    caller?.kill();
    await context?.close();
    await browser?.close();
  });

  test('a call that somebody places shows at once, with its words and its state', async () => {
    const steps = `wait-greeting; say ${process.env.FAKE_MIC_WAV}; wait-reply; silence 60`;
    caller = spawn(program, ['caller', '--simulator', baseUrl, '--do', steps, '--max-duration', '120'], {
      env: { ...process.env, ADMIN_API_KEY: key },
      stdio: 'ignore',
    });
    const row = page.locator('.live-row').first();
    await row.waitFor({ timeout: kCallMs });
    sessionId = await row.getAttribute('data-session-id');
    await page.locator('.live-row[data-state=speaking]').waitFor({ timeout: kCallMs });
    await page.locator('.live-row .live-agent', { hasText: /\w{3}/ }).waitFor({ timeout: kCallMs });
    await shoot(page, 'envivo-es-light-1280');
    assert.deepEqual(await axeProblems(page), []);
  });

  test('it can be read along with, and listened to', async () => {
    await page.locator('.live-row a').click();
    await page.getByTestId('live-call').waitFor();
    await page.locator('[data-role=user] [data-testid=line-text]').first().waitFor({ timeout: kCallMs });
    said = (await page.locator('[data-role=user] [data-testid=line-text]').first().innerText()).trim();
    const blocks = [];
    page.on('websocket', (socket) => {
      if (socket.url().endsWith('/audio')) socket.on('framereceived', ({ payload }) => blocks.push(payload));
    });
    await page.getByTestId('listen').click();
    await page.getByTestId('listening').waitFor();
    const end = Date.now() + 15_000;
    const sides = () => new Set(blocks.filter((one) => typeof one !== 'string').map((one) => one[0]));
    while (!sides().has(0) && Date.now() < end) await page.waitForTimeout(100);
    assert.equal(JSON.parse(blocks[0]).type, 'format');
    assert.ok(sides().has(0), 'the caller is heard');
    await shoot(page, 'envivo-call-es-light-1280');
    assert.deepEqual(await axeProblems(page), []);
    const log = await (await page.request.get('/api/v1/audit-log?limit=5', { headers: { 'X-API-Key': key } })).json();
    assert.ok(log.entries.some((one) => one.action === 'call.listened' && one.subject === `call:${sessionId}`));
  });

  test('hanging up wants a confirmation, and ends the call', async () => {
    await page.getByRole('button', { name: 'Colgar' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).click();
    assert.equal(await page.getByTestId('live-over').count(), 0);
    await page.getByRole('button', { name: 'Colgar' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Colgar' }).click();
    await page.getByTestId('live-over').waitFor();
  });

  test('the history finds it by what was said, and keeps the filter in the address', async () => {
    await page.goto('/dashboard#/historial');
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
    const word = said.split(/[^\p{L}]+/u).sort((a, b) => b.length - a.length)[0];
    await page.locator('.filters input[name=q]').fill(word);
    await page.waitForURL((url) => url.hash.includes('q='));
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
    await page.locator('.filters input[name=q]').fill('zanahoria');
    await page.getByTestId('no-match').waitFor();
    await page.locator('[data-chip=q]').click();
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();

    await page.locator('.filter-more summary').click();
    await page.locator('[data-facet=end_cause]').selectOption('operator-hung-up');
    await page.locator('[data-chip=end_cause]').waitFor();
    await page.getByTestId('filter-when').selectOption('today');
    await page.locator('[data-chip=from]').waitFor();
    await page.reload();
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
    assert.match(page.url(), /end_cause=operator-hung-up/);
    await page.getByTestId('filter-when').selectOption('yesterday');
    await page.getByTestId('no-match').waitFor();
    await page.getByRole('button', { name: 'Quitar filtros' }).click();
    await rows(page).first().waitFor();
  });

  test('what is chosen can be exported, and deleted with a way back', async () => {
    const id = await page.locator(`[data-session-id="${sessionId}"]`).getAttribute('data-call-id');
    await page.locator(`[data-session-id="${sessionId}"] input`).check();
    await page.locator('.menu summary').click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^CSV/ }).click()]);
    const csv = await (await import('node:fs/promises')).readFile(await file.path(), 'utf8');
    const lines = csv.trimEnd().split('\r\n');
    assert.match(lines[0], /^\uFEFFid,start_time/);
    assert.ok(lines[1].startsWith(`${id},`), lines[1]);
    assert.ok(csv.includes(said));

    await page.getByRole('button', { name: 'Borrar', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
    await page.getByTestId('toast').getByText('Se borró 1 llamada.').waitFor();
    assert.equal(await page.locator(`[data-session-id="${sessionId}"]`).count(), 0);
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
  });

  test('nothing went wrong in the console, no policy was broken, no other host was asked', () => {
    assert.deepEqual(wrongs, []);
  });
});

describe('the page of a call', { skip: !baseUrl && 'needs BASE_URL' }, () => {
  const start = Date.parse('2026-05-01T14:32:00.000Z');
  const at = (ms) => new Date(start + ms).toISOString();
  const turn = (role, ms, content, more = {}) => ({
    role, content, generated: '', interrupted: false, timestamp: at(ms), timings: {}, ...more,
  });
  const recording = stereo(
    Buffer.concat([silence(3000), hum(2000), silence(5000)]),
    Buffer.concat([hum(2500, 16000, 190), silence(3000), hum(3000, 16000, 190)]),
  );
  const record = {
    call: {
      id: 7, session_id: 's', client_type: 'twilio', direction: 'inbound', from: '+525512345678', to: '+525588880000',
      provider_call_id: 'CA7', agent: kAttack, status: 'failed', end_cause: 'provider-failed', error: kAttack,
      start_time: at(0), end_time: at(10_000), duration_ms: 10_000,
      extracted_data: { summary: kAttack, intent: 'agendar_cita', extracted_entities: { name: kAttack } },
      recording: { duration_ms: 10_000, bytes: recording.length },
      cost: { amount: 0.0231, currency: 'USD', parts: { llm: 0.0049 } },
    },
    transcripts: [
      turn('assistant', 0, 'Buenas tardes.'),
      turn('user', 3000, kAttack),
      turn('assistant', 5500, 'Con gusto', {
        generated: `Con gusto ${kAttack}`, interrupted: true,
        timings: { response_ms: 640, endpointing_ms: 210, stt_ms: 140, llm_first_clause_ms: 120, tts_first_byte_ms: 90 },
      }),
    ],
    events: [{ name: 'barge-in', detail: kAttack, time: at(8000), since_start_ms: 8000 }],
    tool_calls: [
      { id: 'c', name: kAttack, arguments: `{"a":"${kAttack}"}`, result: kAttack, ok: false, duration_ms: 320, since_start_ms: 6000, time: at(6000) },
    ],
  };
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  async function open(options = {}) {
    const opened = await openPage(browser, baseUrl, options);
    await opened.page.route('**/api/v1/calls/7', (route) => route.fulfill({ json: record }));
    await opened.page.route('**/api/v1/calls/7/recording', (route) =>
      route.fulfill({ body: recording, contentType: 'audio/wav', headers: { 'Accept-Ranges': 'bytes' } }),
    );
    await signIn(opened.page);
    await opened.page.goto('/dashboard#/historial/7');
    await opened.page.getByTestId('recording').waitFor();
    return opened;
  }

  test('a turn is played from its place, and is marked while it sounds', async () => {
    const { context, page, wrongs } = await open();
    await page.locator('.play-from').nth(1).click();
    await page.locator('[data-role=user][aria-current=true]').waitFor();
    await page.getByTestId('position').getByText(/^0:0[34] \/ 0:10$/).waitFor();
    await page.getByTestId('play').click();
    await page.locator('.waveform').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-role=assistant][aria-current=true]').waitFor();
    assert.equal(await page.locator('[aria-current=true][data-role]').count(), 1);
    const coloured = await page.locator('.waveform canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let blue = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 80 && data[i + 2] > data[i] + 40) blue++;
      return blue;
    });
    assert.ok(coloured > 100, `the caller's voice is drawn in its hue: ${coloured} pixels`);
    await page.getByRole('link', { name: 'Repetir en Probar' }).waitFor();
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  test('markup in names, words, tools, events and what was extracted is shown as text', async () => {
    const { context, page, wrongs } = await open();
    for (const details of await page.locator('.call details').all()) await details.locator('summary').first().click();
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    assert.ok((await page.locator('main').innerText()).split(kAttack).length > 8);
    assert.deepEqual(wrongs, []);
    await context.close();
  });

  for (const [language, colorScheme, width] of [
    ['es', 'light', 1280], ['en', 'dark', 1280], ['es', 'dark', 360], ['en', 'light', 360],
  ]) {
    test(`${language}, ${colorScheme}, ${width} px: accessible and no wider than the screen`, async () => {
      const { context, page, wrongs } = await open({ colorScheme, viewport: { width, height: 800 } });
      await page.getByRole('button', { name: language, exact: true }).click();
      const look = async (name) => {
        await shoot(page, `${name}-${language}-${colorScheme}-${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${name} is ${wide} px wide`);
        assert.deepEqual(await axeProblems(page), []);
      };
      await look('llamada');
      await page.goto('/dashboard#/historial?q=cita&status=completed,failed');
      await page.locator('.filter-chips').waitFor();
      await page.locator('.filter-more summary').click();
      await look('historial-filtros');
      await page.goto('/dashboard#/envivo');
      await page.locator('.live-row, .empty').first().waitFor();
      await look('envivo');
      assert.deepEqual(wrongs, []);
      await context.close();
    });
  }
});
