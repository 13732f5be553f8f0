import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createTransport } from 'nodemailer';
import { startHost } from '../local/host.ts';

/** The cost of one step of an inquiry's life. */
export type StepCost = {
  readonly step: string;
  /** DynamoDB request units, from `ReturnConsumedCapacity`. */
  readonly reads: number;
  readonly writes: number;
  /** Calls of the SDK by service. */
  readonly calls: ReadonlyMap<string, number>;
};

type CallCounter = { reads: number; writes: number; calls: Map<string, number> };

/**
 * Measures an inquiry's life on the one-machine host, step by step: a step ends when nothing is in
 * progress any more, so that everything it causes counts.
 */
export async function measureInquiryLife(): Promise<StepCost[]> {
  let counter = makeCounter();
  const restore = countCalls(() => counter);
  const host = await startHost({ port: 0, smtpPort: 0, quiet: true });
  const costs: StepCost[] = [];

  async function step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    await host.idle();
    counter = makeCounter();
    const result = await act();
    await host.idle();
    costs.push({ step: name, ...counter });
    return result;
  }

  async function call(person: string, path: string, body?: object): Promise<OpenedInquiry> {
    const response = await fetch(`${host.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${host.token(person)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as OpenedInquiry;
  }

  try {
    // The schedules run for the first time just after the start, and then each minute.
    await setTimeout(4000);
    await step('a mail is taken in, routed and acknowledged', () => sendMailTo(host.smtpPort));
    const claimed = await step('claimed from the worklist', () =>
      call('operator-a1', '/v1/desks/bpo/claims', {}),
    );
    const path = `/v1/inquiries/${claimed.id}`;
    const { fence } = claimed.lease ?? { fence: 0 };
    await step('a heartbeat', () => call('operator-a1', `${path}/heartbeat`, { fence }));
    await step('shown to its agent', () => call('operator-a1', path));
    await step('answered, and the answer mailed', () =>
      call('operator-a1', `${path}/messages`, { kind: 'public', text: 'Please restart.', fence }),
    );
    await step('resolved, and the resolution mailed', () =>
      call('operator-a1', `${path}/resolve`, { fence, message: 'It works again.' }),
    );
    await step('a form is submitted, routed and acknowledged', () =>
      call('employee-2', '/v1/inquiries', {
        form: 'general',
        fields: { subject: 'Printer', description: 'It does not print.' },
      }),
    );
    return costs;
  } finally {
    await host.stop();
    restore();
  }
}

type OpenedInquiry = { readonly id: string; readonly lease?: { readonly fence: number } };

async function sendMailTo(port: number): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  await transport.sendMail({
    from: 'employee-1@toritsugi.example',
    to: 'help@toritsugi.example',
    subject: 'プリンタから印刷できません',
    text: '3階の複合機から印刷できません。',
  });
  transport.close();
}

function makeCounter(): CallCounter {
  return { reads: 0, writes: 0, calls: new Map() };
}

type CommandClient = { send(command: ClientCommand): Promise<ConsumedResult> };
type ClientCommand = { readonly input: Record<string, unknown>; constructor: { name: string } };
type ConsumedResult = { readonly ConsumedCapacity?: ConsumedUnits | ConsumedUnits[] } | undefined;
type ConsumedUnits = {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
};

/**
 * Counts all calls of the functions' clients, which run in this process; returns how to undo that.
 */
function countCalls(current: () => CallCounter): () => void {
  const services = { dynamodb: DynamoDBClient, sqs: SQSClient, s3: S3Client, ses: SESClient };
  const undo = Object.entries(services).map(([service, client]) => {
    const prototype = client.prototype as unknown as CommandClient;
    const send = prototype.send;
    prototype.send = async function counted(this: CommandClient, command) {
      const { calls } = current();
      calls.set(service, (calls.get(service) ?? 0) + 1);
      if (service === 'dynamodb') command.input['ReturnConsumedCapacity'] = 'TOTAL';
      const answer = await send.call(this, command);
      if (service === 'dynamodb') addCall(current(), command, answer);
      return answer;
    };
    return () => {
      prototype.send = send;
    };
  });
  return () => {
    for (const one of undo) one();
  };
}

function addCall(counter: CallCounter, command: ClientCommand, answer: ConsumedResult): void {
  const isRead = /^(Get|Query|BatchGet)/.test(command.constructor.name);
  for (const capacity of [answer?.ConsumedCapacity ?? []].flat()) {
    const { CapacityUnits = 0, ReadCapacityUnits, WriteCapacityUnits } = capacity;
    counter.reads += ReadCapacityUnits ?? (isRead ? CapacityUnits : 0);
    counter.writes += WriteCapacityUnits ?? (isRead ? 0 : CapacityUnits);
  }
}
