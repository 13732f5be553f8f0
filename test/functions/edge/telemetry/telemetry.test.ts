import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { logStep, makeLogger, makeMeter } from '../../../../functions/edge/telemetry/telemetry.ts';

beforeEach(() => vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'toritsugi-dev'));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

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
    service: 'toritsugi-dev',
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
  const meter = makeMeter('work');
  const lines = captureLines(() => {
    meter.count('RecordDone');
    meter.count('RecordDone', 2);
    meter.flush();
    meter.flush();
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    service: 'toritsugi-dev',
    RecordDone: [1, 2],
    _aws: { CloudWatchMetrics: [{ Namespace: 'Toritsugi', Dimensions: [['service']] }] },
  });
});

it.each(['RequestFailed', 'RecordUnreadable', 'RecordCrashed', 'ScheduleFailed'] as const)(
  'counts %s once more for its stage and capability, which has an alarm on it',
  (metric) => {
    const meter = makeMeter('work');
    const [own, ofCapability, ...others] = captureLines(() => {
      meter.count(metric, 2);
      meter.count(metric);
      meter.flush();
      meter.flush();
    });
    expect(others).toEqual([]);
    expect(own).toMatchObject({ service: 'toritsugi-dev', [metric]: [2, 1] });
    expect(own).not.toHaveProperty('Failed');
    expect(ofCapability).toMatchObject({
      service: 'toritsugi-dev',
      capability: 'work',
      Failed: 3,
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'Toritsugi', Dimensions: [['service', 'capability']] }],
      },
    });
  },
);

it('counts a record that comes again as no failure of its capability', () => {
  const meter = makeMeter('work');
  const lines = captureLines(() => {
    meter.count('RecordRetried');
    meter.flush();
  });
  expect(lines).toHaveLength(1);
});

it('counts a request that could not be recorded as a failure of the audit, whose alarm it is', () => {
  const meter = makeMeter('work');
  const lines = captureLines(() => {
    meter.count('AuditFailed');
    meter.flush();
  });
  expect(lines).toMatchObject([{ AuditFailed: 1 }, { capability: 'audit', Failed: 1 }]);
});
