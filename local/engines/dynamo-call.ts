import { Agent, request } from 'node:http';

/** Calls one operation, named `<api version>.<operation>`; throws with the AWS error's name. */
export type DynamoCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Record<string, unknown>>;

/**
 * Makes a client for the host's own calls to DynamoDB: some calls a second for as long as it runs,
 * at a tenth of the SDK's processor time. The signature is a mere form; no local engine checks it.
 */
export function makeDynamoCall(endpoint: string): DynamoCall {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return (operation, input) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(input);
      const now = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
      const call = request(
        endpoint,
        {
          agent,
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'content-length': Buffer.byteLength(body),
            'x-amz-target': operation,
            'x-amz-date': now,
            authorization:
              `AWS4-HMAC-SHA256 Credential=local/${now.slice(0, 8)}/ap-northeast-1/dynamodb/aws4_request, ` +
              'SignedHeaders=host;x-amz-date, Signature=local',
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              const answer = JSON.parse(Buffer.concat(chunks).toString() || '{}');
              if (response.statusCode === 200) resolve(answer);
              else reject(makeDynamoError(operation, answer));
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      call.on('error', reject);
      call.end(body);
    });
}

function makeDynamoError(operation: string, answer: Record<string, unknown>): Error {
  const error = new Error(`${operation}: ${String(answer['message'] ?? answer['Message'])}`);
  error.name =
    String(answer['__type'] ?? 'UnknownError')
      .split('#')
      .at(-1) ?? 'UnknownError';
  return error;
}
