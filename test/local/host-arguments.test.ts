import { describe, expect, test } from 'vitest';
import { parseHostArguments } from '../../local/host-arguments.ts';

describe('the options of the host', () => {
  test('have defaults', () => {
    expect(parseHostArguments([], {})).toEqual({
      port: 3000,
      smtpPort: 2525,
      data: '.data',
      fresh: false,
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

  test.each([
    [['--port', 'many'], /--port takes a port number, not "many"/],
    [['--smtp-port', '70000'], /--smtp-port takes a port number/],
    [['--prot', '1'], /--prot/],
    [['--port'], /--port/],
  ])('%j is refused', (args, message) => {
    expect(() => parseHostArguments(args, {})).toThrow(message);
  });
});
