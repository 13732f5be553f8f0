import * as z from 'zod';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { EmailAddress, type Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { acceptSignIn } from '../../core/people/sign-in/accept-sign-in.ts';
import type { AccountClaims } from '../../core/people/sign-in/decide-sign-in.ts';
import type { SignInRegistry } from '../../core/people/sign-in/sign-in-ports.ts';
import { formatSignInRefusal } from '../../core/people/sign-in/sign-in-words.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

const TextList = z.preprocess(
  (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  z.array(z.string()),
);

export const Env = z.object({
  TABLE_NAME: z.string(),
  /** The domains whose people belong to the company. */
  OWN_DOMAINS: TextList,
  /** Names of the identity providers whose addresses count as verified without their saying so. */
  TRUSTED_PROVIDERS: TextList,
  /** The address of the first lead; empty where the stage names none. */
  FIRST_LEAD: z.union([z.literal('').transform(() => undefined), EmailAddress]),
});
export type Env = z.infer<typeof Env>;

/**
 * What a user pool sends before it issues tokens, also where a session goes on.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const PreTokenGenerationEvent = z.looseObject({
  triggerSource: z.string().startsWith('TokenGeneration_'),
  request: z.looseObject({
    userAttributes: z.looseObject({
      sub: Sub,
      email: z.string().optional(),
      email_verified: z.string().optional(),
      name: z.string().optional(),
      locale: z.string().optional(),
      /** A JSON list; only people of another identity provider have it. */
      identities: z.string().optional(),
    }),
  }),
});
export type PreTokenGenerationEvent = z.infer<typeof PreTokenGenerationEvent>;

/** Somebody gets no tokens; the user pool shows them the message. */
class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError';
}

/**
 * Makes the user pool's trigger before it issues tokens: it links accounts to the registry's people,
 * makes requesters of the company's others, and answers with the event as it came.
 *
 * It throws for everybody else, with words for the person who reads them.
 */
export function makeHandler(deps: {
  readonly env: Pick<Env, 'OWN_DOMAINS' | 'TRUSTED_PROVIDERS' | 'FIRST_LEAD'>;
  readonly registry: SignInRegistry;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
  readonly newTraceId: () => string;
}): (event: unknown) => Promise<unknown> {
  const { env, registry, logger, meter } = deps;
  const policy = { ownDomains: env.OWN_DOMAINS, firstLead: env.FIRST_LEAD };

  async function decide(event: unknown, traceId: string) {
    const { triggerSource, request } = PreTokenGenerationEvent.parse(event);
    return acceptSignIn(registry, policy, {
      claims: readClaims(request.userAttributes, env.TRUSTED_PROVIDERS),
      occasion: triggerSource === 'TokenGeneration_RefreshTokens' ? 'renewal' : 'sign-in',
      route: triggerSource,
      traceId,
      now: deps.now(),
    });
  }

  return async (event) => {
    const traceId = deps.newTraceId();
    const result = await decide(event, traceId)
      .catch((error: unknown) => {
        // Its message would be shown to whoever signs in.
        meter.count(metricNames.requestFailed);
        logger.error('sign-in failed', { traceId, error });
        throw new SignInRefusedError(formatSignInRefusal('failed'));
      })
      .finally(() => meter.flush());
    if (isRefusal(result)) {
      logger.warn('sign-in failed', { traceId, code: result.refused });
      throw new SignInRefusedError(formatSignInRefusal('failed'));
    }
    if (result.outcome === 'refuse') {
      logger.info('sign-in refused', { traceId, reason: result.reason });
      throw new SignInRefusedError(formatSignInRefusal(result.reason));
    }
    logger.info('sign-in', { traceId, outcome: result.outcome, sub: result.person.sub });
    return event;
  };
}

function readClaims(
  attributes: PreTokenGenerationEvent['request']['userAttributes'],
  trustedProviders: readonly string[],
): AccountClaims {
  const address = EmailAddress.safeParse(attributes.email);
  const language = attributes.locale?.slice(0, 2).toLowerCase();
  return {
    sub: attributes.sub,
    address: address.success ? address.data : undefined,
    verified:
      attributes.email_verified === 'true' || isTrusted(attributes.identities, trustedProviders),
    name: attributes.name,
    language: language === 'ja' || language === 'en' ? language : undefined,
  };
}

const Identities = z.array(z.looseObject({ providerName: z.string() })).min(1);

/** Whether all identity providers of an account are trusted with addresses. */
function isTrusted(identities: string | undefined, trustedProviders: readonly string[]): boolean {
  if (identities === undefined) return false;
  return Identities.parse(JSON.parse(identities)).every(({ providerName }) =>
    trustedProviders.includes(providerName),
  );
}
