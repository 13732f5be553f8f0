import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpWebhooks } from '../../../adapters/webhook/http-webhooks.ts';
import { makeSelfSignedCertificate } from '../../support/self-signed-certificate.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/start-receiver.ts';

const tls = makeSelfSignedCertificate();
let plain: WebhookReceiver;
let secure: WebhookReceiver;
beforeAll(async () => {
  [plain, secure] = await Promise.all([startWebhookReceiver(), startWebhookReceiver(tls)]);
});
afterAll(() => Promise.all([plain.stop(), secure.stop()]));
beforeEach(() => {
  for (const { received, answers } of [plain, secure]) {
    received.length = 0;
    answers.length = 0;
  }
});

const headers = { 'content-type': 'application/json', 'webhook-id': 'm-1' };
const call = (url: string) => ({ url, headers, body: '{"件":1}' });
const excepted = (timeout?: number) => new HttpWebhooks([plain.origin, secure.origin], timeout);

describe('a message', () => {
  it('is posted with its headers and body, and the status of the answer is told', async () => {
    const outcome = await excepted().post(call(`${plain.origin}/hooks?team=a%20b`));
    expect(outcome).toEqual({ outcome: 'sent', remark: 'HTTP 204' });
    expect(plain.received).toMatchObject([
      { method: 'POST', path: '/hooks?team=a%20b', body: '{"件":1}', headers },
    ]);
    expect(plain.received[0]?.headers).toMatchObject({
      host: `127.0.0.1:${plain.port}`,
      'content-length': '9',
    });
  });

  it('goes by TLS only to a receiver whose certificate is trusted', async () => {
    const untrusted = await excepted().post(call(secure.origin));
    expect(untrusted).toEqual({ outcome: 'unavailable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const authorities = getCACertificates('default');
    setDefaultCACertificates([...authorities, tls.cert]);
    try {
      expect(await excepted().post(call(secure.origin))).toMatchObject({ outcome: 'sent' });
    } finally {
      setDefaultCACertificates(authorities);
    }
    expect(secure.received).toHaveLength(1);
  });

  it.each([
    [301, 'refused'],
    [307, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [408, 'unavailable'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('that is answered with %i is %s', async (status, outcome) => {
    plain.answers.push({ status, headers: { location: `${plain.origin}/elsewhere` } });
    expect(await excepted().post(call(plain.origin))).toEqual({
      outcome,
      code: `HTTP ${status}`,
    });
    // Redirects are never followed, wherever they point.
    expect(plain.received.map(({ path }) => path)).toEqual(['/']);
  });

  it('may go later when nothing is answered in time, or the connection ends', async () => {
    plain.answers.push('never', 'hang-up');
    expect(await excepted(100).post(call(plain.origin))).toEqual({
      outcome: 'unavailable',
      code: 'timeout',
    });
    expect(await excepted().post(call(plain.origin))).toEqual({
      outcome: 'unavailable',
      code: 'ECONNRESET',
    });
  });

  it('is sent though its answer has no end, of which nothing is read', async () => {
    plain.answers.push('endless');
    expect(await excepted().post(call(plain.origin))).toMatchObject({ outcome: 'sent' });
    // No more than the buffers of both sockets hold.
    expect(plain.sentBytes()).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('without an exception', () => {
  const strict = new HttpWebhooks([]);

  it.each([
    ['an address of this host', (port: number) => `https://127.0.0.1:${port}/`],
    ['a name of this host', (port: number) => `https://localhost:${port}/`],
    ['its address written as a number', (port: number) => `https://2130706433:${port}/`],
    ['its address in octal', (port: number) => `https://0177.0.0.1:${port}/`],
    ['its address in IPv6', (port: number) => `https://[::1]:${port}/`],
    ['its address mapped into IPv6', (port: number) => `https://[::ffff:127.0.0.1]:${port}/`],
    ['the address of cloud metadata', () => 'https://169.254.169.254/latest/meta-data/'],
  ])('nothing goes to %s', async (_, url) => {
    const outcome = await strict.post(call(url(secure.port)));
    expect(outcome).toEqual({ outcome: 'refused', code: 'not-public' });
    expect(secure.received).toEqual([]);
  });

  it('nothing goes without TLS, with a password, or to what is no URL', async () => {
    expect(await strict.post(call('http://example.com/'))).toMatchObject({ code: 'not-https' });
    expect(await strict.post(call('https://a:b@example.com/'))).toMatchObject({ code: 'password' });
    expect(await strict.post(call('no url'))).toMatchObject({ code: 'no-url' });
  });

  it('a name that nobody knows may be known later', async () => {
    const outcome = await strict.post(call('https://nowhere.invalid/'));
    expect(outcome.outcome).toBe('unavailable');
  });

  it('an exception is good for its own port only', async () => {
    const other = new HttpWebhooks([plain.origin]);
    expect(await other.post(call(secure.origin))).toEqual({
      outcome: 'refused',
      code: 'not-public',
    });
  });
});
