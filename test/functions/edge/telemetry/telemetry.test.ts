import { afterEach, expect, it, vi } from 'vitest';
import { logStep, makeLogger, makeMeter } from '../../../../functions/edge/telemetry/telemetry.ts';

afterEach(() => vi.restoreAllMocks());

function captureLines(run: () => void): Record<string, unknown>[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      lines.push(String(chunk));
      return true;
    });
  }
  run();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('writes a step as one line of JSON with its fields', () => {
  const [line, ...others] = captureLines(() =>
    logStep(makeLogger(), { step: 'intake.opened', number: 'HD-7K3M-9QX5' }),
  );
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    level: 'INFO',
    message: 'step',
    service: 'toritsugi',
    step: 'intake.opened',
    number: 'HD-7K3M-9QX5',
  });
});

it('writes an error with its stack', () => {
  const [line] = captureLines(() =>
    makeLogger().error('request failed', { error: new TypeError('boom') }),
  );
  expect(line).toMatchObject({
    error: { name: 'TypeError', stack: expect.stringContaining('boom') },
  });
});

it('writes what was counted in the embedded metric format, and nothing when nothing was', () => {
  const meter = makeMeter();
  const lines = captureLines(() => {
    meter.count('RecordDone');
    meter.count('RecordDone', 2);
    meter.flush();
    meter.flush();
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    service: 'toritsugi',
    RecordDone: [1, 2],
    _aws: { CloudWatchMetrics: [{ Namespace: 'Toritsugi', Dimensions: [['service']] }] },
  });
});
