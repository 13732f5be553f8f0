/** The parts of `oidc-provider` that the host uses; it ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface IssuedToken {
    readonly kind: string;
    readonly accountId?: string;
    readonly remainingTTL: number;
  }

  export interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId?: string };
      readonly provider: { readonly Grant: new (about: Record<string, unknown>) => Grant };
      readonly entities: { readonly RotatedRefreshToken?: IssuedToken };
    };
  }

  /** Answered with 400, a code and a description. */
  export const errors: {
    readonly CustomOIDCProviderError: new (code: string, description: string) => Error;
  };

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ readonly uid: string; readonly prompt: { readonly name: string } }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Record<string, unknown>,
    ): Promise<void>;
    on(event: string, listener: (...values: unknown[]) => void): this;
  }
}
