import * as z from 'zod';
import type { Randomness } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { presignUpload, type UploadStore } from '../../core/intake/form/uploads.ts';
import * as contracts from '../contract/intake.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';

export const Env = z.object({ TABLE_NAME: z.string(), CONTENT_BUCKET: z.string() });
export type Env = z.infer<typeof Env>;

/** Makes the route that presigns an upload, which a message or form then attaches. */
export function makeHandler(
  deps: {
    readonly files: UploadStore;
    readonly random: Pick<Randomness, 'id'>;
  } & Omit<HttpOptions, 'routes'>,
): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.requestUpload, async ({ actor, body, now }) => {
        const file = { ...body, id: deps.random.id(now), uploader: actor.sub };
        const presigned = await presignUpload(deps.files, file, now);
        if (isRefusal(presigned)) return presigned;
        const { url, fields, expiresAt } = presigned;
        return { status: 201, body: { id: file.id, url, fields: { ...fields }, expiresAt } };
      }),
    ],
  });
}
