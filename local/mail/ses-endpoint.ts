import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostClock } from '../clock.ts';
import { readRequest } from '../gateway/read-request.ts';
import { type SendRawEmailOptions, SesRefusalError, sendRawEmail } from './send-raw-email.ts';

/** 10 MB in base64, and form-encoded, where `+` and `/` take three bytes. */
const FORM_BYTES = 32 * 1024 * 1024;

/** Answers SES's query protocol, of which only `SendRawEmail` is used. */
export async function answerSesRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: SendRawEmailOptions & { readonly clock: HostClock },
): Promise<void> {
  const body = await readRequest(request, FORM_BYTES);
  const input = new URLSearchParams(body?.toString('latin1') ?? '');
  try {
    if (body === undefined) {
      throw new SesRefusalError(
        'InvalidParameterValue',
        'Message length is more than 10485760 bytes.',
      );
    }
    if (input.get('Action') !== 'SendRawEmail') {
      throw new SesRefusalError(
        'InvalidAction',
        `${input.get('Action')} is not done by this host.`,
      );
    }
    const id = sendRawEmail(input, options, options.clock.date());
    writeXml(
      response,
      200,
      `<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult><MessageId>${id}</MessageId></SendRawEmailResult>${formatMetadata()}</SendRawEmailResponse>`,
    );
  } catch (error) {
    if (!(error instanceof SesRefusalError)) throw error;
    writeXml(
      response,
      400,
      `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    );
  }
}

function formatMetadata(): string {
  return `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
}

function writeXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(xml);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
