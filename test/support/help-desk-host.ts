import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { startClock } from '../../local/clock.ts';
import { readLastHost } from '../../local/data-directory.ts';
import { type Host, type HostOptions, startHost } from '../../local/host.ts';
import { issueAccessToken, issuerOf } from '../../local/identity/access-token.ts';
import { loadOrMakeTokenKeys } from '../../local/identity/token-signing-keys.ts';
import { LOOK_MILLISECONDS, limits } from './limits.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the routes answer
export type Json = any;
export type ApiResponse = { status: number; headers: Headers; body: Json };

/** A mail that the help desk sent. */
export type MailboxMail = {
  readonly id: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html?: string;
  readonly raw: string;
};

/** A person of the demonstration world by name, or whoever has an access token. */
export type ApiCaller = string | { readonly token: string };

/** How a request is sent, besides its JSON body. */
export type CallOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, in place of JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
};

const cdk = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** The context of a host whose stage differs from the shipped local one. */
export function makeStageContext(differences: object): Record<string, unknown> {
  return { stages: { local: { ...cdk.context.stages.local, ...differences } } };
}

/** Starts the whole system on free ports, silent, to be used only over HTTP and SMTP. */
export async function startHelpDesk(options: HostOptions = {}) {
  const started = await startHost({
    ...{ port: 0, smtpPort: 0, quiet: true, retrySeconds: 1 },
    ...options,
  });
  const host = patient(started);
  return {
    ...openHelpDeskClient(host, host.clock.date),
    host,
    /** Sets its clock ahead and waits for all that follows, including a run of every schedule. */
    pass: async (seconds: number): Promise<void> => {
      host.clock.shift(seconds);
      await host.idle();
    },
    /** The registry's entry for a `sub`, also beyond the demonstration people. */
    signIn: (sub: string): ApiCaller => ({ token: issueToken(host, sub) }),
    idle: host.idle,
    /** Waits until a condition holds, such as a claim that itself waits. */
    busy: () => waitUntil(() => host.idle(0).then(nothing, () => true)),
    stop: host.stop,
  };
}
export type HelpDesk = Awaited<ReturnType<typeof startHelpDesk>>;

/**
 * Starts the host as `npm start` does, in a process of its own that can be killed.
 * @param at where its clock starts; the system's time unless told otherwise
 */
export async function spawnHelpDesk(dataDir: string, at?: Date) {
  const { date } = startClock(at === undefined ? {} : { at });
  const args = ['--port', '0', '--smtp-port', '0', '--data', dataDir];
  const child = spawn(
    process.execPath,
    ['local/start.ts', ...args, ...(at === undefined ? [] : ['--at', at.toISOString()])],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const { url, smtpPort } = await waitUntil(() => {
    if (child.exitCode !== null) throw new Error(`The host ended: ${output}`);
    const running = readLastHost(dataDir);
    return running?.pid === child.pid ? running : undefined;
  });
  const host = { dataDir, url };
  return {
    ...openHelpDeskClient(
      { url, smtpPort, token: (person) => issueToken(host, `demo-${person}`) },
      date,
    ),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * The HTTP and SMTP endpoints of a help desk, in this process or another.
 * @param now the time by its clock
 */
export function openHelpDeskClient(
  host: Pick<Host, 'url' | 'smtpPort' | 'token'>,
  now: () => Date = () => new Date(),
) {
  const since = now();
  let mails = 0;

  const tokens = new Map<string, string>();

  /** A token is reused for some minutes, since signing one costs more than most requests. */
  function bearer(caller: ApiCaller): string {
    if (typeof caller !== 'string') return caller.token;
    const tenMinutes = now().toISOString().slice(0, 'yyyy-mm-ddThh:m'.length);
    const known = tokens.get(`${caller} ${tenMinutes}`) ?? host.token(caller);
    tokens.set(`${caller} ${tenMinutes}`, known);
    return known;
  }

  /** Calls a route, such as `POST /v1/uploads`, as somebody or as nobody. */
  async function call(
    caller: ApiCaller | undefined,
    route: string,
    body?: unknown,
    sending: CallOptions = {},
  ): Promise<ApiResponse> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const given = sending.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${host.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(caller === undefined ? {} : { authorization: `Bearer ${bearer(caller)}` }),
        ...(given === undefined ? {} : { 'content-type': 'application/json' }),
        ...sending.headers,
      },
      ...(given === undefined ? {} : { body: given }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  /** Sends a mail; resolves with its Message-ID once the server has accepted it. */
  async function send(mail: SendMailOptions): Promise<string> {
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: host.smtpPort });
    try {
      const messageId = mail.messageId ?? makeMessageId();
      const sent = await transport.sendMail({ to: helpAddress, date: now(), ...mail, messageId });
      if (!sent.response.startsWith('250')) throw new Error(sent.response);
      mails += 1;
      return messageId;
    } finally {
      transport.close();
    }
  }

  /** A day's receipts, oldest first. */
  async function receiptsOn(date: string): Promise<Json[]> {
    const found: Json[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await call('lead-1', `GET /v1/intake/receipts?date=${date}&limit=100${more}`);
      if (page.status !== 200) throw new Error(`receipts answered ${page.status}`);
      found.push(...page.body.items);
      cursor = page.body.next;
    } while (cursor !== null);
    return found.sort((one, other) => (one.at < other.at ? -1 : 1));
  }

  /** Every receipt since the start, oldest first. */
  async function receipts(): Promise<Json[]> {
    const found: Json[] = [];
    for (const date of listDays(since, now())) found.push(...(await receiptsOn(date)));
    return found;
  }

  /** The newest receipt of a mail, searched from the newest day on: each day costs many reads. */
  async function newestOf(messageId: string): Promise<Json | undefined> {
    for (const date of listDays(since, now()).reverse()) {
      const receipt = (await receiptsOn(date)).findLast(
        (one) => one.messageId === stripBrackets(messageId),
      );
      if (receipt !== undefined) return receipt;
    }
    return undefined;
  }

  return {
    call,
    send,
    receipts,
    /** The receipts of the mails with a Message-ID. */
    receiptsOf: async (messageId: string): Promise<Json[]> =>
      (await receipts()).filter((receipt) => receipt.messageId === stripBrackets(messageId)),
    /** Waits for the receipt of a mail. */
    receiptOf: (messageId: string): Promise<Json> => waitUntil(() => newestOf(messageId)),
    /** The inquiry that the newest mail with a Message-ID belongs to, as the lead sees it. */
    inquiryOf: async (messageId: string): Promise<Json> => {
      const receipt = await newestOf(messageId);
      if (receipt?.inquiryId === undefined) throw new Error(`No inquiry has ${messageId}.`);
      return (await call('lead-1', `GET /v1/inquiries/${receipt.inquiryId}`)).body;
    },
    messagesOf: async (id: string): Promise<Json[]> =>
      (await call('lead-1', `GET /v1/inquiries/${id}/messages?limit=100`)).body.items,
    eventsOf: async (id: string): Promise<string[]> =>
      (await call('lead-1', `GET /v1/inquiries/${id}/events?limit=100`)).body.items.map(
        ({ type }: Json) => type,
      ),

    /** How many mails were accepted with 250. */
    accepted: () => mails,
    /** The mails that left to an address, oldest first. */
    mailbox: async (to: string): Promise<MailboxMail[]> =>
      (await call(undefined, `GET /mailbox/messages?to=${encodeURIComponent(to)}`)).body,
  };
}

/** A host that may take as long to become idle as any wait of a test. */
export function patient(host: Host): Host {
  return { ...host, idle: (milliseconds = limits.wait) => host.idle(milliseconds) };
}

const nothing = () => undefined;

export const helpAddress = 'help@toritsugi.example';

export function makeMessageId(): string {
  return `<${randomUUID()}@client.example>`;
}

/** A Message-ID without its brackets, as the ledger stores it. */
export function stripBrackets(messageId: string): string {
  return messageId.replace(/^<|>$/g, '');
}

/** The one mail of a kind that somebody got; throws when there is not exactly one. */
export function expectOne<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    throw new Error(`There are ${items.length} of what there should be one of.`);
  }
  return item;
}

/** Waits until the function returns something. */
export async function waitUntil<T>(
  look: () => Promise<T | undefined> | T | undefined,
  milliseconds: number = limits.wait,
): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`It did not come within ${milliseconds} ms.`);
    await pause(LOOK_MILLISECONDS);
  }
}

/** An access token of the embedded provider for anybody, signed with the keys that it stores. */
function issueToken({ dataDir, url }: Pick<Host, 'dataDir' | 'url'>, sub: string): string {
  const keys = loadOrMakeTokenKeys(join(dataDir, 'identity.json'));
  const lasts = { at: new Date(), seconds: 3600 };
  return issueAccessToken(keys, issuerOf(url), { sub, username: sub }, lasts);
}

/** UTC days, by which the intake ledger stores its receipts. */
function listDays(from: Date, to: Date): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from.toISOString().slice(0, 10)); at <= to.getTime(); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
