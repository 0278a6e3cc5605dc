// The carriers' own SDKs judge our side: their validators accept our simulators' signatures, their
// clients drive our simulators' APIs, and what their TwiML builder writes equals what the server
// writes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'

import Telnyx from 'telnyx'
import twilio from 'twilio'

let fixture, told

before(async () => {
  fixture = spawn(process.env.CENTRALITA_SDK_FIXTURE, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(fixture.stdout), 'line')
  told = JSON.parse(line)
})
after(() => fixture.stdin.end())

// Tags with their attributes in order of name, and texts: what a parser would see.
function parsed(xml) {
  const unescape = text => text.replace(/&(lt|gt|quot|apos|amp|#\d+|#x[0-9a-f]+);/gi, (_, name) =>
    ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ??
    String.fromCodePoint(name[1].toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1))))
  return [...xml.replace(/<\?.*?\?>/, '').matchAll(/<(\/?)([A-Za-z]+)((?:\s+[A-Za-z]+="[^"]*")*)\s*(\/?)>|([^<]+)/g)]
    .flatMap(([, close, name, attributes, empty, text]) => {
      if (text !== undefined) return text.trim() ? [unescape(text)] : []
      if (close) return [`/${name}`]
      const sorted = [...attributes.matchAll(/([A-Za-z]+)="([^"]*)"/g)]
        .map(([, key, value]) => `${key}=${unescape(value)}`).sort()
      return [`${name} ${sorted.join(' ')}`.trim(), ...(empty ? [`/${name}`] : [])]
    })
}

test('the Twilio SDK accepts the simulated carrier\'s signatures and no others', () => {
  const { token, signature, url, parameters, stream_url, stream_signature } = told.twilio
  assert.equal(twilio.validateRequest(token, signature, url, parameters), true)
  assert.equal(twilio.validateRequest(token, stream_signature, stream_url, {}), true)
  assert.equal(twilio.validateRequest(token, signature, url + '2', parameters), false)
  assert.equal(twilio.validateRequest(token, signature, url, { ...parameters, To: '+1' }), false)
  assert.equal(twilio.validateRequest('54321', signature, url, parameters), false)
})

test('the Telnyx SDK accepts the simulated carrier\'s signatures and no others', async () => {
  const { body, signature, timestamp, public_key, key } = told.telnyx
  const client = new Telnyx({ apiKey: key, publicKey: public_key })
  const headers = { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp }
  const event = await client.webhooks.unwrap(body, { headers })
  assert.equal(event.data.event_type, 'call.initiated')
  await assert.rejects(client.webhooks.unwrap(body + ' ', { headers }))
  await assert.rejects(client.webhooks.unwrap(body, {
    headers: { ...headers, 'telnyx-timestamp': String(Number(timestamp) + 1) } }))
})

test('the Twilio SDK creates, reads and ends a call of the simulated carrier', async () => {
  const { api, account, token } = told.twilio
  class Here extends twilio.RequestClient {
    request(options) {
      return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', api) })
    }
  }
  const client = twilio(account, token, { httpClient: new Here() })
  const call = await client.calls.create({
    to: '+525512345678', from: '+12125550100', twiml: '<Response><Hangup/></Response>' })
  assert.match(call.sid, /^CA[0-9a-f]{32}$/)
  assert.equal(call.direction, 'outbound-api')
  assert.equal((await client.calls(call.sid).fetch()).to, '+525512345678')
  assert.equal((await client.calls(call.sid).update({ status: 'completed' })).sid, call.sid)
  await assert.rejects(client.calls.create({ to: '5512345678', from: '+1', twiml: '<Response/>' }),
    { code: 21211, status: 400 })
  await assert.rejects(client.calls('CA' + '0'.repeat(32)).fetch(), { code: 20404 })
  await assert.rejects(twilio(account, 'wrong', { httpClient: new Here() }).calls(call.sid).fetch(),
    { code: 20003 })
})

test('the Telnyx SDK dials, looks up and ends a call of the simulated carrier', async () => {
  const { api, key, connection } = told.telnyx
  const client = new Telnyx({ apiKey: key, baseURL: api, maxRetries: 0 })
  const { data } = await client.calls.dial({
    connection_id: connection, to: '+525512345678', from: '+12125550100' })
  assert.match(data.call_control_id, /^v3:/)
  assert.equal((await client.calls.retrieveStatus(data.call_control_id)).data.is_alive, true)
  assert.equal((await client.calls.actions.hangup(data.call_control_id, {})).data.result, 'ok')
  await assert.rejects(client.calls.actions.hangup('v3:nobody', {}), { status: 404 })
  await assert.rejects(
    client.calls.dial({ connection_id: connection, to: '+1', from: '+1', client_state: '%' }),
    { status: 422 })
  await assert.rejects(new Telnyx({ apiKey: 'wrong', baseURL: api, maxRetries: 0 })
    .calls.retrieveStatus('v3:nobody'), { status: 401 })
})

test('the Twilio SDK\'s TwiML builder writes what the server writes', () => {
  const stream = new twilio.twiml.VoiceResponse()
  stream.connect().stream({
    url: 'wss://h/m?a=1&b=2', statusCallback: 'https://h/status', statusCallbackMethod: 'POST'
  }).parameter({ name: 'token', value: 't"<o>\'k' })
  assert.deepEqual(parsed(told.twiml.stream), parsed(stream.toString()))

  const say = new twilio.twiml.VoiceResponse()
  say.say({ language: 'es-MX' }, 'a < b & "c" ñ')
  say.hangup()
  assert.deepEqual(parsed(told.twiml.say), parsed(say.toString()))

  const dial = new twilio.twiml.VoiceResponse()
  dial.dial({ callerId: '+12125550100' }).number('+525512345678')
  assert.deepEqual(parsed(told.twiml.dial), parsed(dial.toString()))
})
