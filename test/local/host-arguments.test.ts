import { describe, expect, test } from 'vitest';
import { parseHostArguments } from '../../local/host-arguments.ts';

describe('the options of the host', () => {
  test('have defaults', () => {
    expect(parseHostArguments([], {})).toEqual({
      port: 3000,
      smtpPort: 2525,
      data: '.data',
      fresh: false,
      clock: {},
      webhookExceptions: [],
      words: [],
      given: new Set(),
    });
  });

  test('come from the command line, or else from the environment', () => {
    const environment = { PORT: '4000', SMTP_PORT: '', DATA_DIR: 'elsewhere' };
    const found = parseHostArguments(['--port=5000', '--fresh', 'word'], environment);
    expect(found).toMatchObject({
      port: 5000,
      smtpPort: 2525,
      data: 'elsewhere',
      fresh: true,
      words: ['word'],
    });
    expect(found.given).toEqual(new Set(['port', 'data']));
  });

  test('say which clock it is and what webhooks may reach', () => {
    const environment = {
      CLOCK_AT: '2026-11-20T08:00:00+09:00',
      CLOCK_SPEED: '2',
      WEBHOOK_TO: 'http://127.0.0.1:4000, https://relay.example',
    };
    expect(parseHostArguments([], environment)).toMatchObject({
      clock: { at: new Date('2026-11-19T23:00:00Z'), speed: 2 },
      webhookExceptions: ['http://127.0.0.1:4000', 'https://relay.example'],
      given: new Set(['at', 'speed']),
    });
    const args = ['--at', '2026-12-01T00:00Z', '--speed=60', '--webhook-to=http://127.0.0.1:5000'];
    expect(parseHostArguments(args, environment)).toMatchObject({
      clock: { at: new Date('2026-12-01T00:00:00Z'), speed: 60 },
      webhookExceptions: ['http://127.0.0.1:5000'],
    });
  });

  test.each([
    [['--at', 'tomorrow'], /--at takes an instant with its offset/],
    [['--at', '2026-11-20T08:00:00'], /--at takes an instant with its offset/],
    [['--at', '2026-13-20T08:00:00Z'], /--at takes an instant with its offset/],
    [['--speed', '0'], /--speed takes a number from 1 to 60, not "0"/],
    [['--speed', 'fast'], /--speed takes a number/],
    [['--webhook-to', 'http://127.0.0.1:4000/hook'], /--webhook-to takes an origin/],
    [['--port', 'many'], /--port takes a port number, not "many"/],
    [['--smtp-port', '70000'], /--smtp-port takes a port number/],
    [['--prot', '1'], /--prot/],
    [['--port'], /--port/],
  ])('%j is refused', (args, message) => {
    expect(() => parseHostArguments(args, {})).toThrow(message);
  });
});
