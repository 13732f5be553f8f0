import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { Host } from '../../../local/host.ts';

/** Sends mail to a host as a mail client does; rejects with the server's answer. */
export async function sendMail(
  host: Pick<Host, 'smtpPort'>,
  mail: SendMailOptions,
): Promise<string> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: host.smtpPort });
  try {
    const sent = await transport.sendMail({
      from: 'employee-1@toritsugi.example',
      to: 'help@fixture.example',
      ...mail,
    });
    return sent.response;
  } finally {
    transport.close();
  }
}
