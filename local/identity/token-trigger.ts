import { WEB_CLIENT_ID } from '../deployment/local-names.ts';
import type { UserPoolResource } from '../deployment/read-identity.ts';
import { REGION } from '../deployment/region.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { Account } from './account-directory.ts';

/** The occasions on which Cognito asks, as it names them. */
export type TokenOccasion = 'TokenGeneration_HostedAuth' | 'TokenGeneration_RefreshTokens';

/** The template's function has refused tokens; the message is its own, for the person. */
export class TokensRefusedError extends Error {
  override readonly name = 'TokensRefusedError';
}

/** Asks the template's function whether an account gets tokens; throws `TokensRefusedError`. */
export type TokenTrigger = (account: Account, occasion: TokenOccasion) => Promise<void>;

/** Makes the trigger of the template's user pool; without one, everybody gets tokens. */
export function makeTokenTrigger(
  { id, tokenTrigger }: UserPoolResource,
  runtime: Pick<FunctionRuntime, 'invoke'>,
): TokenTrigger {
  return async (account, occasion) => {
    if (tokenTrigger === undefined) return;
    try {
      await runtime.invoke(tokenTrigger, buildTokenEvent(id, account, occasion));
    } catch (error) {
      throw new TokensRefusedError(error instanceof Error ? error.message : String(error));
    }
  };
}

/**
 * Builds the event for an account of the pool itself, whose address it has verified.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
function buildTokenEvent(userPoolId: string, account: Account, triggerSource: TokenOccasion) {
  return {
    version: '1',
    triggerSource,
    region: REGION,
    userPoolId,
    userName: account.username,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: WEB_CLIENT_ID },
    request: {
      userAttributes: {
        sub: account.sub,
        'cognito:user_status': 'CONFIRMED',
        email_verified: 'true',
        name: account.name,
        email: account.address,
      },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
    },
    response: { claimsOverrideDetails: null },
  };
}
