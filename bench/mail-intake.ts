import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { findDescendants, readCpuSeconds } from './process-cpu.ts';

/** One run: how fast mails became claimable, and the cost of each. */
export type MailIntakeMeasurement = {
  readonly connections: number;
  readonly mails: number;
  /** Whether each sender was mailed an acknowledgement. */
  readonly acknowledged: boolean;
  /** From the first SMTP connection to the last inquiry that is claimable. */
  readonly mailsPerSecond: number;
  /** Processor time of the host and its engines, for everything done in the meantime. */
  readonly cpuMillisecondsPerMail: number;
};

const port = 3917;
const smtpPort = 2917;

/**
 * Measures mails from SMTP acceptance to claimable on a fresh, separate host, at a number of
 * connections. The sender runs in this process, so that its own cost does not count.
 */
export function measureMailIntake(
  connections: number,
  mails: number,
  acknowledged: boolean,
): Promise<MailIntakeMeasurement> {
  return runWithHost(async ({ pid, routed }) => {
    // The first mails pay for compiling; a help desk's host has run for days.
    await sendMails(connections, 100, 'warm-up', acknowledged);
    await waitUntil(async () => (await routed()) >= 100);
    const processes = [pid, ...(await findDescendants(pid))];
    const cpuBefore = await readCpuSeconds(processes);
    const startedAt = performance.now();
    await sendMails(connections, mails, 'measured', acknowledged);
    await waitUntil(async () => (await routed()) >= 100 + mails);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = (await readCpuSeconds(processes)) - cpuBefore;
    return {
      connections,
      mails,
      acknowledged,
      mailsPerSecond: mails / seconds,
      cpuMillisecondsPerMail: (cpu * 1000) / mails,
    };
  });
}

/**
 * Measures how long single mails take on an idle host from the end of the SMTP session to
 * claimable, in milliseconds, shortest first.
 */
export function measureMailLatency(mails: number): Promise<number[]> {
  return runWithHost(async ({ routed }) => {
    const latencies: number[] = [];
    for (let mail = 1; mail <= mails; mail += 1) {
      await setTimeout(500);
      await sendMails(1, 1, `single-${mail}`, true);
      const accepted = performance.now();
      await waitUntil(async () => (await routed()) >= mail);
      latencies.push(performance.now() - accepted);
    }
    return latencies.sort((one, other) => one - other);
  });
}

type MeasuredHost = { readonly pid: number; readonly routed: () => Promise<number> };

async function runWithHost<Result>(
  measure: (host: MeasuredHost) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'toritsugi-bench-'));
  const host = spawn(
    process.execPath,
    [
      'local/start.ts',
      '--fresh',
      ...['--data', directory],
      ...['--port', String(port)],
      ...['--smtp-port', String(smtpPort)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => host.once('exit', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      host.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('is ready')) resolve();
      });
      host.once('exit', () => reject(new Error('the host ended before it was ready')));
    });
    const log = join(directory, 'host.log');
    return await measure({ pid: host.pid ?? 0, routed: () => countRouted(log) });
  } finally {
    host.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

async function sendMails(
  connections: number,
  mails: number,
  run: string,
  acknowledged: boolean,
): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: smtpPort,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  try {
    await Promise.all(
      Array.from({ length: mails }, (_, index) =>
        transport.sendMail({
          from: `社員 ${index} <employee-${index % 200}@toritsugi.example>`,
          to: 'help@toritsugi.example',
          // A mailing list's header prevents only the automatic answer.
          ...(acknowledged ? {} : { headers: { Precedence: 'list' } }),
          messageId: `<${run}-${connections}-${index}-${process.pid}@bench.toritsugi.example>`,
          subject: `プリンタから印刷できません（${index}）`,
          text: [
            'お疲れさまです。',
            `${index}階の複合機から印刷できません。エラーコードは E${1000 + index} です。`,
            '再起動しても変わりませんでした。ご確認をお願いいたします。',
          ].join('\n\n'),
        }),
      ),
    );
  } finally {
    transport.close();
  }
}

async function countRouted(log: string): Promise<number> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('"routing.routed"').length - 1;
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 180_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('not all mails became claimable in 180 s');
    await setTimeout(50);
  }
}
