import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlaybackQueue } from '../src/audio/playback_queue';

const kBlock = 128;

function queue(settings = {}): PlaybackQueue {
  return new PlaybackQueue({ cushion: 0, fade: 0, underrunWindow: 1000, ...settings });
}

/** `count` samples that count up from `from`. */
function ramp(count: number, from = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + i);
}

function read(q: PlaybackQueue, blocks = 1): { samples: number[]; marks: string[] } {
  const samples: number[] = [];
  const marks: string[] = [];
  for (let i = 0; i < blocks; i++) {
    const output = new Float32Array(kBlock).fill(NaN);
    marks.push(...q.read(output));
    samples.push(...output);
  }
  return { samples, marks };
}

test('what is queued is played in order, then silence', () => {
  const q = queue();
  q.push(ramp(100));
  q.push(ramp(100, 101));
  const { samples } = read(q, 2);
  assert.deepEqual(samples.slice(0, 200), [...ramp(200)]);
  assert.ok(samples.slice(200).every((sample) => sample === 0));
  assert.equal(q.played, 200);
  assert.equal(q.queued, 0);
});

test('a reply of five minutes that comes at once is played whole', () => {
  const q = queue();
  const samples = 48000 * 300;
  q.push(new Float32Array(samples).fill(0.5));
  assert.equal(q.queued, samples);
  let sum = 0;
  const output = new Float32Array(48000);
  for (let i = 0; i < 300; i++) {
    q.read(output);
    sum += output.reduce((a, b) => a + b, 0);
  }
  assert.equal(sum, samples * 0.5);
});

test('a mark is reached when the last sample before it has been played, not earlier', () => {
  const q = queue();
  q.push(ramp(200));
  q.mark('one');
  q.push(ramp(200));
  q.mark('two');
  assert.deepEqual(read(q).marks, []);
  assert.deepEqual(read(q).marks, ['one']);
  assert.deepEqual(read(q).marks, []);
  assert.deepEqual(read(q).marks, ['two']);
});

test('a mark at the very end of a block is reached with that block', () => {
  const q = queue();
  q.push(ramp(kBlock));
  q.mark('end');
  assert.deepEqual(read(q).marks, ['end']);
});

test('a mark with nothing before it is reached at once', () => {
  const q = queue();
  q.mark('now');
  assert.deepEqual(read(q).marks, ['now']);
});

test('clear drops the sound and gives the pending marks in order', () => {
  const q = queue();
  q.push(ramp(1000));
  q.mark('one');
  q.push(ramp(1000));
  q.mark('two');
  read(q);
  assert.deepEqual(q.clear(), ['one', 'two']);
  assert.equal(q.queued, 0);
  const { samples, marks } = read(q, 4);
  assert.ok(samples.every((sample) => sample === 0));
  assert.deepEqual(marks, []);
  assert.equal(q.played, kBlock);
});

test('a sound that is dropped fades out over a few samples', () => {
  const q = queue({ fade: 10 });
  q.push(new Float32Array(1000).fill(1));
  read(q);
  q.clear();
  const { samples } = read(q);
  assert.deepEqual(
    samples.slice(0, 11).map((sample) => Math.round(sample * 10)),
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0],
  );
});

test('after a clear the next sound is played from its beginning', () => {
  const q = queue();
  q.push(ramp(1000));
  read(q);
  q.clear();
  q.push(ramp(10, 5000));
  assert.deepEqual(read(q).samples.slice(0, 11), [...ramp(10, 5000), 0]);
});

test('a sound waits until the cushion is full', () => {
  const q = queue({ cushion: 300 });
  q.push(ramp(200));
  assert.ok(read(q).samples.every((sample) => sample === 0));
  q.push(ramp(200, 201));
  assert.equal(read(q).samples[0], 1);
});

test('a sound shorter than the cushion is played after the cushion’s time', () => {
  const q = queue({ cushion: 300 });
  q.push(ramp(50));
  q.mark('short');
  const { samples, marks } = read(q, 4);
  assert.equal(samples.indexOf(1), 3 * kBlock);
  assert.deepEqual(marks, ['short']);
});

test('a gap in the middle of a sound is an underrun', () => {
  const q = queue();
  q.push(ramp(100));
  read(q, 2);
  q.push(ramp(100));
  assert.equal(q.underruns, 1);
});

test('silence after a mark, after a long pause or after a clear is no underrun', () => {
  const marked = queue();
  marked.push(ramp(100));
  marked.mark('end');
  read(marked);
  marked.push(ramp(100));
  assert.equal(marked.underruns, 0);

  const paused = queue();
  paused.push(ramp(100));
  read(paused, 10);
  paused.push(ramp(100));
  assert.equal(paused.underruns, 0);

  const cleared = queue({ fade: 10 });
  cleared.push(ramp(1000));
  read(cleared);
  cleared.clear();
  read(cleared);
  cleared.push(ramp(100));
  assert.equal(cleared.underruns, 0);
});
