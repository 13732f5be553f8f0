import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { GenerateSecretString, SecretResource } from '../deployment/read-secrets.ts';
import { readRequest } from '../gateway/read-request.ts';

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface StoredSecret {
  readonly value: string;
  readonly createdAt: string;
}

/**
 * Opens Secrets Manager for the template's secrets: generated on the first start, kept in a file,
 * and answering `GetSecretValue`.
 */
export function openSecretStore(file: string, secrets: readonly SecretResource[]) {
  const storedSecrets: Record<string, StoredSecret> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  for (const { arn, givenText, generation } of secrets) {
    storedSecrets[arn] ??= {
      value: givenText ?? generateSecret(generation),
      createdAt: new Date().toISOString(),
    };
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(storedSecrets), { mode: 0o600 });

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readRequest(request, 64 * 1024);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    if (operation !== 'GetSecretValue') {
      return writeResponse(response, 400, {
        __type: 'InvalidRequestException',
        Message: `${operation} is not done by this host.`,
      });
    }
    const { SecretId } = JSON.parse(body?.toString() ?? '{}') as { SecretId?: string };
    const secret = secrets.find(({ arn, name }) => SecretId === arn || SecretId === name);
    const stored = secret && storedSecrets[secret.arn];
    if (secret === undefined || stored === undefined) {
      return writeResponse(response, 400, {
        __type: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret.",
      });
    }
    writeResponse(response, 200, {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: stored.value,
      VersionId: '00000000-0000-4000-8000-000000000001',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: Date.parse(stored.createdAt) / 1000,
    });
  };
}

function generateSecret(options: GenerateSecretString): string {
  const letters = [...ALPHANUMERIC, ...(options.ExcludePunctuation ? '' : PUNCTUATION)].filter(
    (letter) => !options.ExcludeCharacters.includes(letter),
  );
  const text = Array.from(
    { length: options.PasswordLength },
    () => letters[randomInt(letters.length)],
  ).join('');
  if (options.GenerateStringKey === undefined) return text;
  const template = JSON.parse(options.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...template, [options.GenerateStringKey]: text });
}

function writeResponse(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
