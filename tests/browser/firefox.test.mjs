// The same pages in Firefox: each of them opens, and a call from the simulator is heard both ways. Driven by WebDriver
// BiDi, which Playwright does not speak to Debian's Firefox. Variables as in simulator.test.mjs.

import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { eventually, key } from './dashboard.mjs';

const { BASE_URL: baseUrl, SPEECH_WAV: speech } = process.env; // and SOUND_CARD, PulseAudio's address
const executablePath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const there = await access(executablePath).then(() => true, () => false);
const kCallMs = 60_000;

const kPages = {
  '#/inicio': '[data-testid=figures]',
  '#/agentes': '.agent-card',
  '#/envivo': '.live-row, .empty',
  '#/historial': '[data-call-id], .empty',
  '#/ajustes/system': '[data-testid=retention-rules]',
  '#/probar': '[data-testid=simulator]',
};

describe('Firefox', { skip: !(baseUrl && speech && there) && 'needs BASE_URL, SPEECH_WAV and Firefox' }, () => {
  let browser, page;
  const wrongs = [];
  const attribute = (name) => page.$eval('[data-testid=simulator]', (one, of) => one.getAttribute(of), `data-${name}`);
  const said = (role) => page.$$eval(`[data-role=${role}] [data-testid=line-text]`, (all) => all.map((one) => one.textContent));

  before(async () => {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      // Without a sound card Firefox lets no sound begin.
      env: { ...process.env, PULSE_SERVER: process.env.SOUND_CARD },
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true, // a microphone that hums
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
        'intl.accept_languages': 'es-MX, es',
        'network.dns.disabled': true, // no host but this one
      },
    });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.setViewport({ width: 1280, height: 800 });
    page.on('console', (message) => {
      if (message.type() === 'error') wrongs.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => wrongs.push(`exception: ${error.message}`));
    await page.goto(`${baseUrl}/login`);
    await page.type('[name=api_key]', key);
    await Promise.all([page.waitForNavigation(), page.click('button[type=submit]')]);
  });
  after(() => browser?.close());

  test('every section opens', async () => {
    for (const [at, sign] of Object.entries(kPages)) {
      await page.evaluate((fragment) => (location.hash = fragment), at);
      await page.waitForSelector(sign);
    }
    assert.deepEqual(wrongs, []);
  });

  test('the microphone is heard: its level moves', async () => {
    await page.evaluate(() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Probar micrófono').click());
    await eventually('a level', () => page.$eval('.meter', (one) => Number(one.getAttribute('aria-valuenow')) > 10));
    await page.evaluate(() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Dejar de probar').click());
  });

  test('a call: the greeting is heard, a file speaks as the caller, and the answer is heard', async () => {
    await page.evaluate(() => document.querySelector('[name=source][value=file]').click());
    const input = await page.waitForSelector('[data-testid=file]');
    await input.uploadFile(speech);
    await page.click('[data-testid=call]');
    await eventually('the greeting', async () => (await said('assistant')).length > 0, kCallMs);
    await eventually('half a second of it heard', async () => Number(await attribute('agent-voiced-ms')) > 500, kCallMs);
    assert.ok(Number(await attribute('agent-peak-rms')) > 0.01, 'it is loud enough to be heard');
    await eventually('the caller in the transcript', async () => (await said('user')).length > 0, kCallMs);
    assert.ok(Number(await attribute('caller-peak-rms')) > 0.01);
    const before = Number(await attribute('agent-voiced-ms'));
    await eventually('the answer heard', async () => Number(await attribute('agent-voiced-ms')) > before + 300, kCallMs);
    await page.click('[data-testid=call]');
    await page.waitForSelector('[data-testid=ended]');
    assert.deepEqual(wrongs, []);
  });
});
