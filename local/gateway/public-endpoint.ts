import type { HostClock } from '../clock.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { RequestHandler } from '../engines/aws-endpoint.ts';
import type { MessageEngine } from '../engines/message-engine.ts';
import { issuerOf } from '../identity/access-token.ts';
import { readDemonstrationPeople } from '../identity/demonstration-people.ts';
import { IDENTITY_PREFIX, makeOpenIdProvider } from '../identity/openid-provider.ts';
import type { SessionStore } from '../identity/session-store.ts';
import { publicKeyOf, type TokenSigningKeys } from '../identity/token-signing-keys.ts';
import { makeTokenTrigger } from '../identity/token-trigger.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { SentMailbox } from '../mail/mailbox.ts';
import { MAILBOX_PREFIX, makeMailboxPages } from '../mail/mailbox-pages.ts';
import type { SigningCredentials } from './check-presigned-request.ts';
import { makeGateway } from './gateway.ts';
import { makeObjectEndpoint, OBJECT_PREFIX } from './object-endpoint.ts';

/** Makes the handler of the public port: the API, and the services that share it on one machine. */
export function makePublicEndpoint(host: {
  readonly url: string;
  readonly clock: HostClock;
  readonly deployment: Deployment;
  readonly runtime: FunctionRuntime;
  readonly keys: TokenSigningKeys;
  readonly mailbox: SentMailbox;
  readonly messages: MessageEngine;
  readonly credentials: SigningCredentials;
  readonly sessions: (model: string) => SessionStore;
}): RequestHandler {
  const gateway = makeGateway({
    api: host.deployment.api,
    runtime: host.runtime,
    issuer: issuerOf(host.url),
    publicKey: publicKeyOf(host.keys),
    clock: host.clock,
  });
  const mailboxPages = makeMailboxPages(host.mailbox);
  const identity = makeOpenIdProvider({
    publicUrl: host.url,
    keys: host.keys,
    people: readDemonstrationPeople(),
    pool: host.deployment.userPool,
    mayHaveTokens: makeTokenTrigger(host.deployment.userPool, host.runtime),
    store: host.sessions,
  });
  const objects = makeObjectEndpoint({
    credentials: host.credentials,
    origins: [host.url, ...(host.deployment.api.crossOrigin?.origins ?? [])],
    crossOriginBuckets: host.deployment.buckets
      .filter(({ crossOrigin }) => crossOrigin)
      .map(({ name }) => name),
    clock: host.clock,
    answer: host.messages.answer,
    put: (bucket, { fields, file }) => {
      host.messages.putObject(bucket, fields['key'] ?? '', file, {
        contentType: fields['Content-Type'],
        metadata: metadataOf(fields),
      });
    },
  });

  return (request, response) => {
    const url = request.url ?? '/';
    if (isUnder(url, OBJECT_PREFIX)) return objects(request, response);
    // Not on S3's answers: the SDK would set its own clock by them, and sign by that.
    if (!host.clock.isReal) response.setHeader('date', host.clock.date().toUTCString());
    if (isUnder(url, MAILBOX_PREFIX)) return mailboxPages(new URL(url, host.url), response);
    if (isUnder(url, IDENTITY_PREFIX)) return identity(request, response);
    return gateway(request, response);
  };
}

const METADATA = 'x-amz-meta-';

function metadataOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name.toLowerCase().startsWith(METADATA))
      .map(([name, value]) => [name.slice(METADATA.length).toLowerCase(), value]),
  );
}

function isUnder(url: string, prefix: string): boolean {
  return url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`);
}
