import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { sendMail } from './mail/send-mail.ts';
import { readNoted, startFixture } from './start-fixture.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'toritsugi-test-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

interface Notification {
  readonly mail: { readonly commonHeaders: { readonly subject: string } };
}

describe('a host that starts again', () => {
  test('has its data, mail, secrets and tokens, and takes up where it was', async () => {
    const first = await startFixture({ dataDir });
    await sendMail(first, { subject: 'before' });
    await first.idle();
    const secret = await (await fetch(`${first.url}/secret`)).text();
    const port = Number(new URL(first.url).port);
    const token = first.token('lead-1');
    await first.stop();

    const second = await startFixture({ dataDir, port });
    try {
      await sendMail(second, { subject: 'after' });
      await second.idle();
      const subjects = (await readNoted<Notification>(second, 'process-mail')).map(
        ({ mail }) => mail.commonHeaders.subject,
      );
      expect(subjects.sort()).toEqual(['after', 'before']);
      expect(await readNoted(second, 'answer-mail')).toHaveLength(2);
      expect(await readNoted(second, 'admit-people')).toHaveLength(8);
      expect(await (await fetch(`${second.url}/secret`)).text()).toBe(secret);
      const mails = (await (await fetch(`${second.url}/mailbox/messages`)).json()) as unknown[];
      expect(mails).toHaveLength(2);
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${second.url}/me`, { headers })).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  test('with fresh has nothing', async () => {
    const first = await startFixture({ dataDir });
    await sendMail(first, { subject: 'before' });
    await first.idle();
    await first.stop();
    const second = await startFixture({ dataDir, fresh: true });
    expect(await readNoted(second, 'process-mail')).toEqual([]);
    expect(await readNoted(second, 'admit-people')).toHaveLength(8);
    await second.stop();
  });

  test('with fresh removes nothing that is not its own', async () => {
    writeFileSync(join(dataDir, 'precious.txt'), '');
    await expect(startFixture({ dataDir, fresh: true })).rejects.toThrow(/not a host's/);
  });
});

describe('what is taken', () => {
  test('a data directory admits one host', async () => {
    const first = await startFixture({ dataDir });
    await expect(startFixture({ dataDir })).rejects.toThrow(/Another host is using/);
    await first.stop();
    const second = await startFixture({ dataDir });
    await second.stop();
  });

  test('a port that is taken is told in one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const started = runCommand('start.ts', '--data', dataDir, '--port', String(port));
      await expect(started).rejects.toMatchObject({
        code: 1,
        stderr: `Port ${port} is taken. Start with --port <other>, or stop what listens there.\n`,
      });
    } finally {
      server.close();
    }
  });

  test('an option that does not exist is told with those that do', async () => {
    await expect(runCommand('start.ts', '--prot', '1')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--smtp-port <number>'),
    });
  });
});

describe('a host that is killed', () => {
  test('loses no mail that it accepted, and leaves nothing that stops the next', async () => {
    const killed = spawnFixture(dataDir);
    onTestFinished(() => void killed.child.kill('SIGKILL'));
    const { smtpPort } = await killed.ready;
    const subjects = Array.from({ length: 40 }, (_, n) => `mail ${String(n).padStart(2, '0')}`);
    const accepted: string[] = [];
    for (const subject of subjects) {
      if (subject === 'mail 30') killed.child.kill('SIGKILL');
      const answer = await sendMail({ smtpPort }, { subject }).catch(() => undefined);
      if (answer !== undefined) accepted.push(subject);
    }
    expect(accepted.length).toBeGreaterThanOrEqual(30);

    const next = await startFixture({ dataDir });
    try {
      await next.idle();
      const taken = (await readNoted<Notification>(next, 'process-mail')).map(
        ({ mail }) => mail.commonHeaders.subject,
      );
      expect(taken.sort()).toEqual(accepted);
    } finally {
      await next.stop();
    }
  });
});

describe('the token command', () => {
  test('prints a token for the host that runs', async () => {
    const host = await startFixture({ dataDir });
    try {
      const { stdout } = await runCommand('print-token.ts', 'employee-1', '--data', dataDir);
      const headers = { authorization: `Bearer ${stdout.trim()}` };
      const response = await fetch(`${host.url}/me`, { headers });
      expect(response.status).toBe(200);
      await expect(runCommand('print-token.ts', 'nobody', '--data', dataDir)).rejects.toMatchObject(
        {
          code: 1,
          stderr: expect.stringMatching(/^There is no demonstration person "nobody"/),
        },
      );
    } finally {
      await host.stop();
    }
  });

  test('says that no host was started', async () => {
    await expect(
      runCommand('print-token.ts', 'employee-1', '--data', join(dataDir, 'none')),
    ).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^No host was started/) });
  });
});

const run = promisify(execFile);

function runCommand(name: string, ...args: readonly string[]) {
  const script = fileURLToPath(new URL(`../../local/${name}`, import.meta.url));
  return run(process.execPath, [script, ...args], { env: { PATH: process.env['PATH'] ?? '' } });
}

/** Runs the fixture's host in a process of its own, to be killed. */
function spawnFixture(data: string) {
  const script = fileURLToPath(new URL('./run-fixture.ts', import.meta.url));
  const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = once(child.stdout, 'data').then(([line]) => ({
    smtpPort: Number(String(line).split(' ')[1]),
  }));
  return { child, ready };
}
