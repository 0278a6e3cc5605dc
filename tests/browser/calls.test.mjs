// The live calls, the history and a call's page in a real browser against the real server: BASE_URL, ADMIN_API_KEY as
// in simulator.test.mjs; SPEECH_WAV is something that the sandbox understands, CALLER_PROGRAM is centralita, and
// phone.mjs says what a telephone needs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { apiOf, axeProblems, eventually, key, lines, shoot, signIn } from './dashboard.mjs';
import { hasPhone, telephone } from './phone.mjs';
import { kAttack, record, recording } from './sample_call.mjs';

const { BASE_URL: baseUrl, CALLER_PROGRAM: program, SPEECH_WAV: speech } = process.env;
const kCallMs = 60_000; // a call's beginning, the sandbox's speech included
const rows = (page) => page.locator('[data-call-id]');
const dialog = (page) => page.getByRole('dialog');
const toast = (page) => page.getByTestId('toast');

describe('calls that go on, and those that are over', { skip: !(baseUrl && program && hasPhone) && 'needs a server, a caller and a telephone' }, () => {
  let browser, context, page, wrongs, api, callEnds, caller, sessionId, said;

  before(async () => {
    browser = await launch();
    ({ context, page, wrongs } = await openPage(browser, baseUrl));
    page.setDefaultTimeout(10_000);
    api = apiOf(page);
    await api('POST', '/agents', { name: 'Grabadora', shared: { first_message: 'Buenas tardes.', recording: 'ours', retention_days: 30 } });
    await signIn(page, '#/envivo');
    await page.locator('.empty, .live-row').first().waitFor();
  });
  after(async () => {
    caller?.kill();
    await context?.close();
    await browser?.close();
  });

  test('a call by telephone shows at once, with its number, its words and its state', async () => {
    callEnds = await telephone({
      server: baseUrl,
      from: '+525512345678',
      to: '+525588880000',
      do: `wait-greeting; say ${speech}; wait-reply; wait-end`,
    });
    const row = page.locator('.live-row', { hasText: '+52 55 1234 5678' });
    await row.waitFor({ timeout: kCallMs });
    sessionId = await row.getAttribute('data-session-id');
    const own = page.locator(`.live-row[data-session-id="${sessionId}"]`);
    await eventually('it to speak', async () => (await own.getAttribute('data-state')) === 'speaking', kCallMs);
    await own.locator('.live-agent', { hasText: /\w{3}/ }).waitFor({ timeout: kCallMs });
    await shoot(page, 'envivo-es-light-1280');
    assert.deepEqual(await axeProblems(page), []);
  });

  test('it can be read along with, and listened to; the audit log has it', async () => {
    const blocks = [];
    page.on('websocket', (socket) => {
      if (socket.url().endsWith('/audio')) socket.on('framereceived', ({ payload }) => blocks.push(payload));
    });
    await page.locator(`[data-session-id="${sessionId}"] a`).click();
    await page.getByTestId('live-call').waitFor();
    await page.getByTestId('listen').click();
    await page.getByTestId('listening').waitFor();
    const sides = () => new Set(blocks.filter((one) => typeof one !== 'string').map((one) => one[0]));
    await eventually('both sides heard', () => sides().has(0) && sides().has(1), kCallMs);
    assert.equal(JSON.parse(blocks[0]).type, 'format');
    await lines(page, 'user').first().waitFor({ timeout: kCallMs });
    assert.notEqual((await lines(page, 'user').first().innerText()).trim(), '');
    await shoot(page, 'envivo-call-es-light-1280');
    assert.deepEqual(await axeProblems(page), []);
    const { entries } = await api('GET', '/audit-log?limit=20');
    assert.ok(entries.some((one) => one.action === 'call.listened' && one.subject === `call:${sessionId}`));
  });

  test('the agent is told something, and the caller handed over to a person', async () => {
    await page.getByRole('button', { name: 'Decirle algo al agente' }).click();
    await page.getByLabel('Nota para el agente').fill(`Ya pagó ${kAttack}`);
    await dialog(page).getByRole('button', { name: 'Enviar' }).click();
    await toast(page).getByText('El agente lo sabrá en su próxima respuesta.').waitFor();

    await page.getByRole('button', { name: 'Pasar a una persona' }).click();
    await page.getByLabel('Número', { exact: true }).fill('55');
    await dialog(page).getByRole('button', { name: 'Pasar a una persona' }).click();
    await dialog(page).locator('.problem').waitFor();
    await page.getByLabel('Número', { exact: true }).fill('+52 55 8765 4321');
    await dialog(page).getByRole('button', { name: 'Pasar a una persona' }).click();
    await page.getByTestId('live-over').waitFor({ timeout: 20_000 });
    const call = await callEnds();
    assert.equal(call.transferred_to, '+525587654321');
    assert.equal(call.consulted, '+525587654321', 'the person was rung first');
    assert.deepEqual(call.violations, []);

    await page.getByRole('link', { name: 'Ver la llamada' }).click();
    await page.getByText('Se pasó a una persona').first().waitFor();
    await page.getByTestId('events').locator('summary').click();
    assert.match(await page.getByTestId('events').innerText(), /context[\s\S]*transfer warm, to \+525587654321/);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    wrongs.splice(0, wrongs.length, ...wrongs.filter((one) => !one.includes('422'))); // the number that is none
  });

  test('a call that somebody places is hung up on, after a confirmation', async () => {
    await page.goto('/dashboard#/envivo');
    const steps = `wait-greeting; say ${speech}; wait-reply; wait-end`;
    caller = spawn(program, ['caller', '--simulator', baseUrl, '--agent', 'Grabadora', '--do', steps, '--max-duration', '120'], {
      env: { ...process.env, ADMIN_API_KEY: key },
      stdio: 'ignore',
    });
    const row = page.locator('.live-row', { hasText: 'Grabadora' });
    await row.waitFor({ timeout: kCallMs });
    sessionId = await row.getAttribute('data-session-id');
    await row.locator('a').click();
    await lines(page, 'user').first().waitFor({ timeout: kCallMs });
    said = (await lines(page, 'user').first().innerText()).trim();
    assert.equal(await page.getByRole('button', { name: 'Pasar a una persona' }).count(), 0, 'nobody takes over a browser');
    await page.getByRole('button', { name: 'Colgar' }).click();
    await dialog(page).getByRole('button', { name: 'Cancelar' }).click();
    assert.equal(await page.getByTestId('live-over').count(), 0);
    await page.getByRole('button', { name: 'Colgar' }).click();
    await dialog(page).getByRole('button', { name: 'Colgar' }).click();
    await page.getByTestId('live-over').waitFor();
  });

  test('its caller is heard again in the simulator, by the agent as it is today', async () => {
    await page.getByRole('link', { name: 'Ver la llamada' }).click();
    await page.getByTestId('recording').waitFor();
    const facts = await page.locator('.facts').last().innerText();
    assert.match(facts, /Se borra/, 'the agent keeps its calls for 30 days');
    await page.getByRole('link', { name: 'Repetir en Probar' }).click();
    await page.getByTestId('replay').waitFor();
    assert.equal(await page.getByLabel('Agente', { exact: true }).inputValue(), 'Grabadora');
    await page.getByTestId('call').click();
    await lines(page, 'user').first().waitFor({ timeout: kCallMs });
    assert.equal((await lines(page, 'user').first().innerText()).trim(), said);
    await page.getByTestId('call').click();
    await page.getByTestId('ended').waitFor();
  });

  test('the history finds it by what was said, and keeps the filter in the address', async () => {
    await page.goto('/dashboard#/historial');
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
    assert.match(await page.getByTestId('retention').innerText(), /se guardan sin límite[\s\S]*Grabadora, 30 días/);
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
    const csv = await readFile(await file.path(), 'utf8');
    const records = csv.trimEnd().split('\r\n');
    assert.match(records[0], /^\uFEFFid,start_time/);
    assert.ok(records[1].startsWith(`${id},`), records[1]);
    assert.ok(csv.includes(said));

    await page.getByRole('button', { name: 'Borrar', exact: true }).click();
    await dialog(page).getByRole('button', { name: 'Borrar' }).click();
    await toast(page).getByText('Se borró 1 llamada.').waitFor();
    assert.equal(await page.locator(`[data-session-id="${sessionId}"]`).count(), 0);
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await page.locator(`[data-session-id="${sessionId}"]`).waitFor();
  });

  test('nothing went wrong in the console, no policy was broken, no other host was asked', () => {
    assert.deepEqual(wrongs, []);
  });
});

describe('a history longer than its page', { skip: !(baseUrl && process.env.DATABASE_URL) && 'needs BASE_URL and DATABASE_URL' }, () => {
  test('all that match are chosen, seen or not, exported, deleted after a confirmation, and brought back', async () => {
    const browser = await launch();
    const { context, page, wrongs } = await openPage(browser, baseUrl);
    page.setDefaultTimeout(10_000);
    await signIn(page, '#/historial?agent=Larga');
    await rows(page).nth(24).waitFor();
    assert.equal(await rows(page).count(), 25);
    await page.getByLabel('Elegir todas las que se ven').check();
    await page.getByTestId('chosen').getByText('25 elegidas').waitFor();
    await page.getByRole('button', { name: 'Elegir también las que no se ven' }).click();
    await page.getByTestId('chosen').getByText('Elegidas las 60 que coinciden').waitFor();
    await page.locator('.menu summary').click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^JSON/ }).click()]);
    assert.equal(JSON.parse(await readFile(await file.path(), 'utf8')).calls.length, 60);

    await page.getByRole('button', { name: 'Borrar', exact: true }).click();
    await dialog(page).getByText('¿Borrar 60 llamadas?').waitFor();
    await dialog(page).getByText('también las que no se ven').waitFor();
    await dialog(page).getByRole('button', { name: 'Borrar' }).click();
    await toast(page).getByText('Se borraron 60 llamadas.').waitFor();
    await page.getByTestId('no-match').waitFor();
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await rows(page).nth(24).waitFor();

    // One of all that match is taken out: what is left is what can be seen.
    await page.getByLabel('Elegir todas las que se ven').check();
    await page.getByRole('button', { name: 'Elegir también las que no se ven' }).click();
    await page.getByTestId('chosen').getByText('Elegidas las 60 que coinciden').waitFor();
    await rows(page).first().locator('input').uncheck();
    await page.getByTestId('chosen').getByText('24 elegidas').waitFor();
    assert.deepEqual(wrongs, []);
    await browser.close();
  });
});

describe('the page of a call', { skip: !baseUrl && 'needs BASE_URL' }, () => {
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
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
