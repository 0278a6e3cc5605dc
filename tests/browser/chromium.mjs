// Debian's Chromium, kept from the network but for the page under test, and what the tests watch in it.

import { chromium } from 'playwright-core';
import { watchContract } from './contract.mjs';
import { key } from './dashboard.mjs';

const kQuiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** A browser whose microphone says `microphone` (a WAV file) once; without it, one that is refused any. */
export function launch({ microphone } = {}) {
  const media = microphone
    ? [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${microphone}%noloop`,
      ]
    : ['--use-fake-device-for-media-stream', '--deny-permission-prompts'];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...kQuiet, ...media],
  });
}

/** A page and the list of what went wrong in it: console errors, exceptions, CSP violations, foreign requests. */
export async function openPage(browser, baseUrl, options = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: { width: 1280, height: 800 },
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    ...options,
  });
  const page = await context.newPage();
  const wrongs = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrongs.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrongs.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== new URL(baseUrl).origin && url.protocol !== 'data:') wrongs.push(`foreign: ${request.url()}`);
  });
  await watchContract(page, baseUrl, key);
  await page.exposeFunction('reportViolation', (text) => wrongs.push(`csp: ${text}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return { context, page, wrongs };
}
