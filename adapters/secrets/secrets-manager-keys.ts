import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The secret's texts by name: `current` signs, the others (`previous`) are still accepted. */
const SigningSecretText = z.object({ current: z.string().min(16) }).catchall(z.string().min(16));

/** Short enough to notice a rotation within minutes without a restart. */
const freshMs = 300_000;

/**
 * Reads the signing secret from Secrets Manager and caches it for five minutes.
 *
 * When a fresh read fails, the cached secret stays in use: an outage of Secrets Manager stops only
 * functions that have just started. Concurrent calls share one read.
 */
export class SecretsManagerKeys {
  readonly #client: SecretsManagerClient;
  readonly #arn: string;
  readonly #now: () => number;
  #cached: { readonly secret: z.infer<typeof SigningSecretText>; readonly at: number } | undefined;
  #pendingRead: Promise<z.infer<typeof SigningSecretText>> | undefined;

  /** @param now milliseconds of a clock that only goes forward */
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
    const cached = this.#cached;
    if (cached !== undefined && this.#now() - cached.at < freshMs) return cached.secret;
    this.#pendingRead ??= this.#fetch().finally(() => {
      this.#pendingRead = undefined;
    });
    try {
      return await this.#pendingRead;
    } catch (error) {
      if (cached === undefined) throw error;
      return cached.secret;
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
