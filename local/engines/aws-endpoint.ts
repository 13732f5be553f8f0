import type { IncomingMessage, ServerResponse } from 'node:http';

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

export const SES_PREFIX = '/ses';

/**
 * Makes one address for the AWS services that this process emulates; the SDK finds it by
 * `AWS_ENDPOINT_URL`, so that calls to any other service are refused here and never reach AWS.
 */
export function makeAwsEndpoint(services: {
  readonly ses: RequestHandler;
  readonly secrets: RequestHandler;
  readonly messages: RequestHandler;
  readonly report: (problem: string) => void;
}): RequestHandler {
  return (request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (request.url?.startsWith(SES_PREFIX)) return services.ses(request, response);
    if (target.startsWith('secretsmanager.')) return services.secrets(request, response);
    if (target === '' || target.startsWith('AmazonSQS.')) {
      return services.messages(request, response);
    }
    services.report(`A function called ${target}, which this host does not emulate.`);
    response.writeHead(501, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ __type: 'NotEmulated', message: `${target} is not emulated here.` }),
    );
  };
}
