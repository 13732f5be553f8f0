import { fileURLToPath } from 'node:url';
import { type ClockSetting, type HostClock, installClock, startClock } from './clock.ts';
import { maintainClockMark } from './clock-mark.ts';
import { openConsole } from './console/console-log.ts';
import { type DataDirectory, openDataDirectory, openTemporaryDirectory } from './data-directory.ts';
import { type Deployment, readDeployment } from './deployment/deployment.ts';
import { loadTemplates } from './deployment/load-templates.ts';
import { mergeEnvironments, readStorageNames } from './deployment/read-functions.ts';
import { makeAwsEndpoint } from './engines/aws-endpoint.ts';
import { deleteExpiredItems } from './engines/delete-expired-items.ts';
import { startDynamoEngine } from './engines/dynamo-engine.ts';
import {
  compareTables,
  dropTables,
  rememberTables,
  requireLoopback,
  TABLES_FILE,
} from './engines/external-tables.ts';
import { openMessageEngine } from './engines/message-engine.ts';
import { openSecretStore } from './engines/secret-store.ts';
import {
  addWebhookExceptions,
  applyEnvironment,
  makeAwsEnvironment,
  makeCredentials,
} from './environment.ts';
import { makeEventSources } from './event-sources/event-sources.ts';
import { openLoopbackServer } from './gateway/loopback-server.ts';
import { makePublicEndpoint } from './gateway/public-endpoint.ts';
import { issueDemonstrationToken } from './identity/demonstration-token.ts';
import { openSessionStores } from './identity/session-store.ts';
import { loadOrMakeTokenKeys } from './identity/token-signing-keys.ts';
import { type FunctionRuntime, loadFunctions } from './lambda/function-runtime.ts';
import { applyReceiptRules } from './mail/apply-receipt-rules.ts';
import { openMailbox } from './mail/mailbox.ts';
import { answerSesRequest } from './mail/ses-endpoint.ts';
import { type MailReceiver, openSmtpEndpoint } from './mail/smtp-endpoint.ts';
import { PEOPLE_ADMITTED, seedPeople } from './seed-people.ts';
import { makeTeardown, type Teardown } from './teardown.ts';

export interface HostOptions {
  /** 0 takes any free port, here and for SMTP. */
  readonly port?: number;
  readonly smtpPort?: number;
  /** Without one, everything is in memory or in a directory that goes with the host. */
  readonly dataDir?: string;
  /** Starts from nothing, also in another DynamoDB, if that is on this machine. */
  readonly fresh?: boolean;
  /** Prints nothing. */
  readonly quiet?: boolean;
  /** Another clock than the system's, for demonstrations and tests. */
  readonly clock?: ClockSetting;
  /** Origins, such as `http://127.0.0.1:4000`, that webhooks may reach besides the stage's. */
  readonly webhookExceptions?: readonly string[];
  /** How soon a queue message that failed comes back; 10 unless told. */
  readonly retrySeconds?: number;
  /** A DynamoDB to use in place of the embedded one. */
  readonly dynamoEndpoint?: string;
  /** The module with `makeApp`. */
  readonly app?: string;
  /** Context for the app, in place of what `cdk.json` says under the same names. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The folder that the functions' entries are named from. */
  readonly root?: string;
}

export interface Host {
  /** Base URL of the HTTP API, without a trailing slash. */
  readonly url: string;
  readonly smtpPort: number;
  readonly dataDir: string;
  /** Where mail is sent to. */
  readonly helpAddress: string;
  /** The time by which it lives. */
  readonly clock: HostClock;
  /** An access token of a demonstration person, such as `employee-1`, good for 8 hours. */
  token(person: string): string;
  /** Calls a function by its entry, as a schedule or an operator would. */
  invoke(entry: string, event: unknown): Promise<unknown>;
  /** Empties every queue, as if the messages had been lost. */
  emptyQueues(): void;
  /**
   * Settles when nothing is under way: queues that functions read are empty, delayed messages
   * aside, and streams are read to their end. Throws after a number of milliseconds, 30,000
   * unless told.
   */
  idle(milliseconds?: number): Promise<void>;
  stop(): Promise<void>;
  /** Settles with the reason when an engine ends by itself. */
  readonly lost: Promise<string>;
}

/**
 * On AWS a failed message waits for its queue's visibility time-out, minutes here, because the
 * function may still be at it. Here the host knows that it is not.
 */
const RETRY_SECONDS = 10;

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Starts everything on this machine; throws when a port or the data directory is taken. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const teardown = makeTeardown();
  try {
    return await assemble(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function assemble(options: HostOptions, teardown: Teardown): Promise<Host> {
  const root = options.root ?? REPOSITORY;
  // Before the directory is emptied, so that both begin anew or neither.
  if (options.fresh && options.dynamoEndpoint !== undefined)
    requireLoopback(options.dynamoEndpoint);
  const data = openHostData(options);
  teardown.add('process', () => data.close());
  const durable = options.dataDir !== undefined;
  const clock = startClock(options.clock);
  if (durable) teardown.add('process', maintainClockMark(data.file('clock'), data.path, clock));
  teardown.add('process', installClock(clock));
  const quiet = options.quiet ?? false;
  const console = openConsole({ logFile: data.file('host.log'), quiet, clock });
  teardown.add('process', () => console.close());
  const report = console.warn;
  clock.onShift(() => console.note(`The clock was set ahead, to ${clock.date().toISOString()}.`));

  const publicServer = await openLoopbackServer(options.port ?? 3000, report);
  teardown.add('servers', () => publicServer.stop());
  const awsServer = await openLoopbackServer(0, report);
  teardown.add('engines', () => awsServer.stop());
  const { promise: receiver, resolve: openForMail, reject } = Promise.withResolvers<MailReceiver>();
  // Only senders that wait for it are to hear of a failed start.
  receiver.catch(() => {});
  const smtp = await openSmtpEndpoint({ port: options.smtpPort ?? 2525, receiver, report });
  teardown.add('servers', () => {
    reject(new Error('The host stopped.'));
    return smtp.stop();
  });
  const url = `http://localhost:${publicServer.port}`;
  const queueUrl = `http://127.0.0.1:${awsServer.port}`;

  const [stacks, dynamo, messages] = await waitForAll([
    loadTemplates(
      { app: options.app ?? `${root}/lib/make-app.ts`, root, context: options.context ?? {} },
      url,
    ),
    startDynamoEngine({
      file: durable ? data.file('dynamo.db') : undefined,
      endpoint: options.dynamoEndpoint,
    }).then((engine) => {
      teardown.add('engines', () => engine.stop());
      return engine;
    }),
    openMessageEngine({
      folder: durable ? data.file('messages') : undefined,
      queueUrl,
      clock,
    }).then((engine) => {
      teardown.add('engines', () => engine.close());
      return engine;
    }),
  ]);
  const deployment = readDeployment(stacks, { publicUrl: url, queueUrl });
  messages.create(deployment);
  const externalCall = options.dynamoEndpoint === undefined ? undefined : dynamo.call;
  const tablesFile = data.file(TABLES_FILE);
  if (externalCall !== undefined && options.fresh) {
    await dropTables(externalCall, deployment.tables);
  } else {
    await compareTables(externalCall, deployment.tables, { file: tablesFile, folder: data.path });
  }
  await dynamo.createTables(deployment.tables);
  await rememberTables(externalCall, deployment.tables, tablesFile);

  const credentials = makeCredentials();
  const restore = applyEnvironment({
    ...addWebhookExceptions(
      mergeEnvironments(deployment.functions),
      options.webhookExceptions ?? [],
    ),
    ...makeAwsEnvironment(
      { httpPort: publicServer.port, awsPort: awsServer.port, dynamo: dynamo.endpoint },
      credentials,
    ),
  });
  teardown.add('process', restore);
  const mailbox = openMailbox(data.file('mailbox'));
  const sending = {
    clock,
    mailbox,
    configurationSets: deployment.configurationSets,
    publish: messages.publish,
  };
  awsServer.serve(
    makeAwsEndpoint({
      ses: (request, response) => answerSesRequest(request, response, sending),
      secrets: openSecretStore(data.file('secrets.json'), deployment.secrets),
      messages: messages.answer,
      report,
    }),
  );
  const runtime = await loadFunctions({
    functions: deployment.functions,
    root,
    report: ({ entry }, error) => report(`${entry} failed: ${describeError(error)}`),
  });
  const keys = loadOrMakeTokenKeys(data.file('identity.json'));
  const sources = await makeEventSources({
    deployment,
    runtime,
    messages,
    dynamo,
    clock,
    checkpointFile: data.file('stream-checkpoints.db'),
    retrySeconds: options.retrySeconds ?? RETRY_SECONDS,
    skipStreamed: externalCall !== undefined && options.fresh === true,
    report,
  });
  teardown.add('sources', () => sources.stop());
  await seedPeople({ deployment, runtime, marker: data.file(PEOPLE_ADMITTED) });
  sources.start();
  const { tables } = deployment;
  const { file, call } = dynamo;
  teardown.add('sources', deleteExpiredItems({ file, tables, call, clock, report }));
  const sessions = openSessionStores(data.file('sessions.db'));
  teardown.add('engines', sessions.close);
  publicServer.serve(
    makePublicEndpoint({
      url,
      clock,
      deployment,
      runtime,
      keys,
      mailbox,
      messages,
      credentials,
      sessions: sessions.of,
    }),
  );
  openForMail({
    rules: deployment.receiptRules,
    receive: (raw, envelope) =>
      applyReceiptRules(raw, envelope, deployment.receiptRules, messages, clock.date()),
  });
  data.announce({
    ...{ url, smtpPort: smtp.port, pid: process.pid, clockSpeed: clock.speed },
    storage: {
      ...{ dynamoUrl: dynamo.endpoint, objectUrl: queueUrl },
      ...readStorageNames(deployment.functions),
    },
  });

  return {
    url,
    smtpPort: smtp.port,
    dataDir: data.path,
    helpAddress: deployment.receiptRules[0]?.recipients[0] ?? '',
    clock,
    token: (person) => issueDemonstrationToken(keys, url, person, new Date()),
    invoke: (entry, event) => invokeEntry(deployment, runtime, entry, event),
    emptyQueues: messages.emptyQueues,
    idle: sources.idle,
    stop: teardown.run,
    lost: dynamo.lost,
  };
}

function openHostData({ dataDir, fresh }: HostOptions): DataDirectory {
  return dataDir === undefined
    ? openTemporaryDirectory()
    : openDataDirectory(dataDir, { fresh: fresh ?? false });
}

/** Waits for all, also when one fails, so that nothing starts after the others were stopped. */
async function waitForAll<T extends readonly unknown[]>(
  work: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}

function invokeEntry(
  { functions }: Deployment,
  runtime: FunctionRuntime,
  entry: string,
  event: unknown,
): Promise<unknown> {
  const fn = functions.find((one) => one.entry === entry);
  if (fn === undefined) throw new Error(`The template has no function of ${entry}.`);
  return runtime.invoke(fn.name, event);
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
