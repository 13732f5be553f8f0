import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The secret's texts by name: `current` signs, the others (`previous`) are still accepted. */
const SigningSecretText = z.object({ current: z.string().min(16) }).catchall(z.string().min(16));

/** So that a rotation is noticed within minutes without a restart. */
const freshMs = 300_000;

/**
 * Reads the signing secret from Secrets Manager and keeps it for five minutes.
 *
 * When a fresh reading fails, the one at hand is used on: an outage of Secrets Manager stops only
 * functions that have just started. Calls at the same time share one reading.
 */
export class SecretsManagerKeys {
  readonly #client: SecretsManagerClient;
  readonly #arn: string;
  readonly #now: () => number;
  #cached: { readonly secret: z.infer<typeof SigningSecretText>; readonly at: number } | undefined;
  #pendingRead: Promise<z.infer<typeof SigningSecretText>> | undefined;

  /** `now` gives milliseconds that only count on. */
  constructor(
    client: SecretsManagerClient,
    arn: string,
    now: () => number = () => performance.now(),
  ) {
    this.#client = client;
    this.#arn = arn;
    this.#now = now;
  }

  readonly read = async (): Promise<z.infer<typeof SigningSecretText>> => {
    const held = this.#cached;
    if (held !== undefined && this.#now() - held.at < freshMs) return held.secret;
    this.#pendingRead ??= this.#fetch().finally(() => {
      this.#pendingRead = undefined;
    });
    try {
      return await this.#pendingRead;
    } catch (error) {
      if (held === undefined) throw error;
      return held.secret;
    }
  };

  async #fetch(): Promise<z.infer<typeof SigningSecretText>> {
    const answer = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#arn }));
    let json: unknown;
    try {
      json = JSON.parse(answer.SecretString ?? '');
    } catch {
      // The parser's own message would quote the secret.
      throw new TypeError('the signing secret is not JSON');
    }
    const secret = SigningSecretText.parse(json);
    this.#cached = { secret, at: this.#now() };
    return secret;
  }
}
