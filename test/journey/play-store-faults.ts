import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoEngine } from '../../local/engines/dynamo-engine.ts';
import {
  type ApiResponse,
  type CallOptions,
  expectOne,
  helpAddress,
  type Json,
  makeStageContext,
  startHelpDesk,
  waitUntil,
} from '../support/help-desk-host.ts';
import { openSignInBrowser } from '../support/sign-in-browser.ts';
import { makeLocalDynamoClient } from '../support/start-dynamo.ts';
import {
  type DynamoFault,
  type DynamoWrite,
  startDynamoProxy,
} from '../support/start-dynamo-proxy.ts';

/** Which fault a kind of write meets, and how often in a row. */
export type FaultPlan = {
  readonly faultOf: (write: DynamoWrite) => DynamoFault;
  readonly times: number;
};

const keptDays = 30;
const daySeconds = 86_400;

/**
 * What the operator who leaves has done, to whichever inquiry was given to them, and what comes with
 * time, which differs by what jobs had to wait out.
 */
const variableTypes = new Set(['InquiryClaimed', 'InquiryReleased', 'EscalationStepped']);

const employee = 'employee-1@toritsugi.example';
const stranger = 'stranger@partner.example';
const otherEmployee = 'employee-2@toritsugi.example';

/**
 * Plays a day that writes every kind of item there is, on a DynamoDB on which the first write of
 * each kind meets a fault; each request that is answered 503 is sent again.
 */
export async function playDayWithFaults(plan: FaultPlan | undefined) {
  const engine = await startDynamoEngine({ file: undefined, endpoint: undefined });
  const proxy = await startDynamoProxy(engine.endpoint);
  const desk = await startHelpDesk({
    clock: { at: new Date('2026-11-24T01:00:00.000Z') },
    dynamoEndpoint: proxy.endpoint,
    context: makeStageContext({
      retention: { rawMailDays: 30, logDays: 1, closedInquiryDays: keptDays },
    }),
  });
  const recording = recordWriters();
  const hitKinds = new Set<string>();
  /** How often a write that was chosen is still to fail. */
  const failing = new Map<string, number>();
  const answers: ApiResponse[] = [];
  let calls = 0;

  proxy.fail((write) => {
    if (plan === undefined) return undefined;
    if (!failing.has(write.identity) && write.kinds.every((kind) => hitKinds.has(kind))) {
      return undefined;
    }
    const left = failing.get(write.identity) ?? plan.times;
    failing.set(write.identity, left - 1);
    for (const kind of write.kinds) hitKinds.add(kind);
    return left > 0 ? plan.faultOf(write) : undefined;
  });

  /** Calls a route until it is answered otherwise than by 503, as problems.md tells clients to. */
  async function call(
    caller: string,
    route: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<ApiResponse> {
    calls += 1;
    const headers = { 'idempotency-key': `day-${calls}`, ...options.headers };
    return waitUntil(async () => {
      const answer = await desk.call(caller, route, body, { ...options, headers });
      answers.push(answer);
      return answer.status === 503 ? undefined : answer;
    });
  }

  async function must(
    caller: string,
    route: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<ApiResponse> {
    const answer = await call(caller, route, body, options);
    if (answer.status >= 300) {
      throw new Error(`${route} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  async function configure(kind: string, change: (document: Json) => object): Promise<void> {
    const { body, headers } = await must('lead-1', `GET /v1/config/${kind}`);
    const ifMatch = String(headers.get('etag'));
    const document = change(body.document);
    await must(
      'lead-1',
      `PUT /v1/config/${kind}`,
      { document },
      { headers: { 'if-match': ifMatch } },
    );
  }

  async function open(from: string, subject: string): Promise<Json> {
    // Long enough that routing sees what waits at a desk now.
    desk.host.clock.shift(30);
    const messageId = await desk.send({ from, subject, text: '印刷できません。' });
    await desk.idle();
    return desk.inquiryOf(messageId);
  }

  async function importCsv(route: string, lines: readonly string[]): Promise<void> {
    const raw = `${lines.join('\r\n')}\r\n`;
    const headers = { 'content-type': 'text/csv' };
    const { body } = await must('lead-1', route, undefined, { raw, headers });
    await finishJob(body.id);
  }

  /** A run of a job that failed is made again after minutes. */
  async function finishJob(id: string, seconds = 60): Promise<void> {
    for (;;) {
      await desk.idle();
      const { body } = await must('lead-1', `GET /v1/jobs/${id}`);
      if (body.state === 'failed') throw new Error(`the job failed: ${JSON.stringify(body)}`);
      if (body.state === 'done') return;
      await desk.pass(seconds);
    }
  }

  /** Signs in at the hosted page, again when it answers with an error. */
  async function signIn(address: string): Promise<void> {
    await waitUntil(async () => {
      const browser = await openSignInBrowser(desk.host.url, 'ja');
      const page = await browser.submit(await browser.open(), { address, name: 'First' });
      if (!page.url.searchParams.has('code')) return undefined;
      const { status } = await browser.exchange(page);
      return status === 200 ? status : undefined;
    });
  }

  async function play(): Promise<void> {
    for (const away of ['lead-1', 'staff-2']) {
      await must(away, 'PUT /v1/agents/me/presence', { presence: 'away' });
    }
    await must('staff-1', 'PUT /v1/agents/me/presence', { presence: 'present' });
    await configure('desks', () => ({
      desks: {
        staff: { assignment: { policy: 'round-robin' } },
        bpo: {
          contract: { otherwise: 'bpo-b', monthlyVolume: { inquiries: 50 } },
          overflow: { to: 'bpo-b', enter: { depth: 2 }, leave: { depth: 0 } },
        },
      },
    }));
    await configure('calendars', (document) => document);
    await desk.idle();

    await importCsv('POST /v1/people/import', [
      'address,name,role,sub,desks',
      'lead-2@toritsugi.example,Lead 2,lead,lead-2,staff',
      'new@toritsugi.example,New,requester,,',
    ]);
    // A lead who becomes a requester depends on another; a changed identity removes the old one.
    await importCsv('POST /v1/people/import', [
      'address,name,role,sub,desks',
      'lead-2@toritsugi.example,Lead 2,requester,lead-two,',
    ]);
    await importCsv('POST /v1/phone-logs/import', [
      'started_at,ended_at,summary,outcome,caller_name,caller_phone',
      '2026-11-24 09:15,2026-11-24 09:20,電話 1,resolved,髙橋,03-1111-2222',
    ]);

    const ended = await open(stranger, '件名 0');
    await must('lead-1', `POST /v1/inquiries/${ended.id}/withdraw`, {});
    const erasure = await must('lead-1', `POST /v1/people/${stranger}/erase`, { mode: 'erase' });
    await finishJob(erasure.body.id, 240);

    // A claim whose heartbeat prolongs the lease: its alarm moves.
    const first = await open(employee, '件名 1');
    const claim = await must('operator-a1', 'POST /v1/desks/bpo/claims', {});
    const { fence } = claim.body.lease;
    await must('operator-a1', `POST /v1/inquiries/${first.id}/heartbeat`, { fence });
    await desk.pass(70);
    const reply = { kind: 'public', text: '再起動してください。', fence };
    await must('operator-a1', `POST /v1/inquiries/${first.id}/messages`, reply);
    await must('operator-a1', `POST /v1/inquiries/${first.id}/resolve`, { fence });
    await desk.idle();
    const answer = (await desk.mailbox(employee)).at(-1);
    await desk.send({
      from: employee,
      to: answer?.headers['reply-to'] ?? helpAddress,
      subject: '件名 1',
      inReplyTo: String(answer?.headers['message-id']),
      text: 'まだです。',
    });
    await desk.idle();
    await must('lead-1', `POST /v1/inquiries/${first.id}/withdraw`, {});

    // Assigned, then merged; a form; a mail that is kept back.
    const assigned = await open(employee, '件名 2');
    await must('lead-1', `POST /v1/inquiries/${assigned.id}/transfer`, { desk: 'staff' });
    await desk.idle();
    await must('staff-1', `POST /v1/inquiries/${assigned.id}/heartbeat`, {});
    const form = {
      form: 'general',
      fields: { subject: '件名 3', description: '印刷できません。' },
    };
    desk.host.clock.shift(30);
    // Delivered once more, it has a receipt of its own.
    const twice = {
      ...{ from: employee, subject: '件名 9', text: '印刷できません。' },
      ...{ messageId: '<twice@toritsugi.example>', date: new Date('2026-11-24T01:00:00.000Z') },
    };
    for (let delivery = 0; delivery < 2; delivery += 1) {
      await desk.send(twice);
      await desk.idle();
    }
    const filed = await must('employee-2', 'POST /v1/inquiries', form);
    await desk.idle();
    await must('lead-1', `POST /v1/inquiries/${filed.body.id}/merge`, { into: assigned.id });
    await desk.send({
      ...{ from: otherEmployee, subject: '件名 4', text: '至急。' },
      headers: { 'X-Test-Verdict-dmarc': 'fail' },
    });
    await desk.idle();

    // More than the vendor takes: the overflow opens. Then service levels are missed.
    for (const subject of ['件名 5', '件名 6', '件名 7']) {
      await open(otherEmployee, subject);
    }
    await desk.pass(5 * 3600);

    const claims = await must('operator-a1', 'POST /v1/desks/bpo/claims', {});
    await must('operator-a1', `POST /v1/inquiries/${claims.body.id}/heartbeat`, {
      fence: claims.body.lease.fence,
    });
    const started = await must('lead-1', 'POST /v1/agents/demo-operator-a1/offboard', {});
    await finishJob(started.body.id);
    // Whatever failed has come back by then, an alarm of a notice or job after some minutes.
    for (let round = 0; round < 3; round += 1) await desk.pass(400);
    await signIn('first-lead@toritsugi.example');
  }

  /** Ends every inquiry, and the time that the stage keeps them; returns how many are left. */
  async function endEverything(): Promise<number> {
    const { body } = await must('lead-1', 'GET /v1/inquiries?status=open&limit=100');
    for (const { id, status } of body.items) {
      // A resolved one closes by itself.
      if (status === 'resolved') continue;
      const route =
        status === 'quarantined' ? `quarantine/${id}/discard` : `inquiries/${id}/withdraw`;
      await must('lead-1', `POST /v1/${route}`, {});
    }
    for (let month = 0; month < 2; month += 1) await desk.pass((keptDays + 1) * daySeconds);
    // A run that fails is made again an hour later.
    for (let hour = 0; hour < 3; hour += 1) await desk.pass(3600);
    return (await scanItems()).filter((item) => item.kind?.S === 'number').length;
  }

  async function scanItems(): Promise<Json[]> {
    const client = makeLocalDynamoClient(engine.endpoint);
    const { TableNames } = (await engine.call('DynamoDB_20120810.ListTables', {})) as {
      TableNames: string[];
    };
    const items: Json[] = [];
    let start: Json;
    do {
      const page = await client.send(
        new ScanCommand({ TableName: expectOne(TableNames), ExclusiveStartKey: start }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    client.destroy();
    return items;
  }

  /** Everything in the table that has to be the same after all faults. */
  async function readFinalState(): Promise<object> {
    const items = await scanItems();
    const ofKind = (kind: string) => items.filter((item) => item.kind?.S === kind);
    const dataOf = (item: Json) => JSON.parse(item.data.S);
    const subjects = new Map(
      ofKind('snapshot').map((item) => [item.pk.S, String(dataOf(item).subject)]),
    );
    const listed = (kind: string, describe: (item: Json) => string) =>
      ofKind(kind).map(describe).sort();
    const counted = ['number', 'verdict', 'volume', 'lease', 'claim', 'person', 'job-lines'];
    return {
      inquiries: listed('snapshot', (item) => {
        // Not the desk: which of the vendors' it is depends on when routing looked at them.
        const { subject, status, agent } = dataOf(item);
        return [subject, status, agent].join(' ');
      }),
      events: [...subjects]
        .map(([pk, subject]) => {
          const ofInquiry = ofKind('event').filter((item) => item.pk.S === pk);
          const types = ofInquiry.map((item) => dataOf(item).type).sort();
          return [subject, ...types.filter((type) => !variableTypes.has(type))].join(' ');
        })
        .sort(),
      eventTypes: listed('event', (item) => dataOf(item).type).filter(
        (type) => type !== 'EscalationStepped',
      ),
      notices: ofKind('notice')
        .map((item) => ({ ...dataOf(item), subject: subjects.get(item.pk.S) }))
        .filter(({ kind }) => !kind.startsWith('sla-'))
        .map(({ subject, kind, recipient, state, attempts }) =>
          [subject, kind, withoutPseudonym(JSON.stringify(recipient)), state, attempts].join(' '),
        )
        .sort(),
      // How far chains of escalation are depends on when jobs were done; none of their steps is lost.
      unsent: ofKind('notice')
        .map((item) => dataOf(item).state)
        .filter((state) => !['sent', 'withheld', 'expanded'].includes(state)),
      receipts: listed('receipt', (item) =>
        dataOf(item)
          .fates.map(({ fate }: Json) => fate)
          .join(' '),
      ),
      jobs: ofKind('job')
        .filter((item) => item.sk.S === 'JOB')
        .map((item) => {
          const { jobKind, state, checkpoint } = dataOf(item);
          // An erasure goes over everything as often as it takes.
          const done = jobKind === 'person-erasure' ? [] : [checkpoint];
          return [jobKind, state, ...done].join(' ');
        })
        .sort(),
      configurations: listed('config', (item) => item.pk.S),
      counts: counted.map((kind) => [kind, ofKind(kind).length]),
      mails: (await desk.call(undefined, 'GET /mailbox/messages')).body
        .map(({ envelope, headers }: Json) => [envelope.to, headers['subject']].join(' '))
        .map((mail: string) => mail.replace(/HD-[\w-]+/g, 'HD'))
        .filter((mail: string) => !/期限(間近|超過)/.test(mail))
        .sort(),
    };
  }

  try {
    await play();
    await desk.idle();
    const state = await readFinalState();
    const numbers = await endEverything();
    const { kinds } = proxy;
    return { state, numbers, kinds, hitKinds, answers, writers: recording.files };
  } finally {
    recording.stop();
    proxy.fail(() => undefined);
    await desk.stop();
    await proxy.stop();
    await engine.stop();
  }
}

/** A pseudonym is drawn anew each day. */
function withoutPseudonym(text: string): string {
  return text.replaceAll(/erased-[0-9a-f]+/g, 'erased');
}

/** Notes from which files of adapters commands are sent that write. */
function recordWriters() {
  const files = new Set<string>();
  const { send } = DynamoDBClient.prototype;
  DynamoDBClient.prototype.send = function (this: DynamoDBClient, ...given: never[]) {
    const [command] = given as unknown as [{ constructor: { name: string } }];
    if (/^(Put|Update|Delete|TransactWrite)Item/.test(command.constructor.name)) {
      for (const [file] of new Error().stack?.matchAll(/adapters\/[\w/-]+\.ts/g) ?? []) {
        files.add(file);
      }
    }
    return Reflect.apply(send, this, given);
  } as typeof send;
  return {
    files,
    stop: () => {
      DynamoDBClient.prototype.send = send;
    },
  };
}
