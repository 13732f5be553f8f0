import chromium from '@sparticuz/chromium';
import { type Browser, chromium as launcher, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HelpDesk, helpAddress, startHelpDesk } from '../support/help-desk-host.ts';
import { readMailSpecimen } from '../support/mail-specimens.ts';
import { commandInquiry } from './play-mails.ts';

let desk: HelpDesk;
let browser: Browser;
let statusPath: string;

beforeAll(async () => {
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  // `chromium.args` disables web security, which is what is tested here.
  const args = ['--no-sandbox', '--no-zygote', '--disable-gpu'];
  [desk, browser] = await Promise.all([
    startHelpDesk(),
    launcher.launch({ executablePath, args, headless: true }),
  ]);
  const envelope = { from: 'employee-1@toritsugi.example', to: helpAddress };
  const messageId = '<20261122.001@toritsugi.example>';
  await desk.send({ raw: Buffer.from(readMailSpecimen('iso-2022-jp-plain')), envelope, messageId });
  await desk.idle();
  const inquiry = await desk.inquiryOf(messageId);
  const { lease } = await commandInquiry(desk, 'operator-a1', { inquiry }, 'claim');
  const answer = {
    kind: 'public',
    text: '電源を入れ直してください。\n\n<script>alert(1)</script>',
  };
  await commandInquiry(desk, 'operator-a1', { inquiry }, 'messages', {
    ...answer,
    fence: lease.fence,
  });
  await desk.idle();
  const [acknowledgement] = await desk.mailbox(envelope.from);
  statusPath = String(/\/status\/\w+/.exec(acknowledgement?.text ?? '')?.[0]);
});
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});

/** Opens a page of the host; `troubles` are console messages and requests to other origins. */
async function visit(path: string): Promise<{ page: Page; troubles: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const troubles: string[] = [];
  page.on('console', (message) => {
    const isFavicon = message.location().url.endsWith('/favicon.ico');
    if (message.type() !== 'log' && !isFavicon) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== desk.host.url) troubles.push(request.url());
  });
  const response = await page.goto(`${desk.host.url}${path}`, { waitUntil: 'load' });
  if (response?.status() !== 200) troubles.push(`${path} answered ${response?.status()}`);
  return { page, troubles };
}

/** The parts of a page that are wider than the screen. */
function overflow(page: Page): Promise<boolean> {
  return page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);
}

describe('a browser shows without troubles', () => {
  test('the mailbox, its mails and their HTML', async () => {
    const { page, troubles } = await visit('/mailbox');
    const rows = await page.locator('tr').allInnerTexts();
    expect(rows.join('\n')).toContain('プリンタから印刷できません');
    await page
      .getByRole('link', { name: /プリンタから印刷できません/ })
      .first()
      .click();
    await page.waitForLoadState();
    expect(await page.locator('pre').innerText()).toContain('電源を入れ直してください。');
    const links = page.locator('pre').getByRole('link');
    expect(await links.first().getAttribute('href')).toContain('/status/');
    const html = page.frameLocator('iframe').locator('body');
    expect(await html.innerText()).toContain('電源を入れ直してください。');
    expect(await html.innerText()).toContain('<script>alert(1)</script>');
    expect(troubles).toEqual([]);
    expect(await overflow(page)).toBe(false);
    await page.close();
  });

  test('the documentation of the API', async () => {
    const { page, troubles } = await visit('/docs');
    expect(await page.locator('main').innerText()).toContain('次の問い合わせの引き受け');
    expect(await page.locator('article').count()).toBeGreaterThan(40);
    // Vendors' systems have a route of the same name, further down.
    const link = page.locator('nav').getByRole('link', { name: 'Claim the next inquiry' });
    await link.first().click();
    expect(await page.locator('article:target').innerText()).toContain('/v1/desks/{desk}/claims');
    expect(troubles).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await overflow(page)).toBe(false);
    await page.close();
  });

  test("the page of a requester's inquiry", async () => {
    const { page, troubles } = await visit(statusPath);
    expect(await page.title()).toMatch(/^お問い合わせの状況 HD-/);
    const text = await page.locator('main').innerText();
    expect(text).toContain('担当者が対応しています');
    expect(text).toContain('プリンタから印刷できません。');
    expect(text).toContain('<script>alert(1)</script>');
    // The page's own style, which its content security policy allows by hash.
    const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(colour).toBe('rgb(245, 246, 247)');
    expect(troubles).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await overflow(page)).toBe(false);
    await page.close();
  });
});
