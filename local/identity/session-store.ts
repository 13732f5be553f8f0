import { DatabaseSync } from 'node:sqlite';

type SessionPayload = Record<string, unknown> & {
  readonly uid?: string;
  readonly grantId?: string;
};

/** The store that `oidc-provider` requires for one of its models. */
export interface SessionStore {
  upsert(id: string, payload: SessionPayload, expiresIn?: number): Promise<void>;
  find(id: string): Promise<SessionPayload | undefined>;
  findByUid(uid: string): Promise<SessionPayload | undefined>;
  findByUserCode(userCode: string): Promise<undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Opens the stores of sign-ins in a file, so that people stay signed in over a restart. */
export function openSessionStores(file: string): {
  of(model: string): SessionStore;
  close(): void;
} {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS held (model TEXT, id TEXT, payload TEXT, uid TEXT, grant_id TEXT,
      expires_at INTEGER, PRIMARY KEY (model, id));
    CREATE INDEX IF NOT EXISTS held_grant ON held (grant_id);`);
  const now = () => Math.floor(Date.now() / 1000);
  database.prepare('DELETE FROM held WHERE expires_at < ?').run(now());

  function find(column: 'id' | 'uid', model: string, value: string): SessionPayload | undefined {
    const row = database
      .prepare(`SELECT payload FROM held WHERE model = ? AND ${column} = ? AND expires_at >= ?`)
      .get(model, value, now());
    return row && (JSON.parse(String(row['payload'])) as SessionPayload);
  }

  return {
    of: (model) => ({
      upsert: async (id, payload, expiresIn = FOREVER_SECONDS) => {
        database
          .prepare('INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?)')
          .run(
            model,
            id,
            JSON.stringify(payload),
            payload.uid ?? null,
            payload.grantId ?? null,
            now() + expiresIn,
          );
      },
      find: async (id) => find('id', model, id),
      findByUid: async (uid) => find('uid', model, uid),
      // Device codes are not offered.
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = find('id', model, id);
        if (payload === undefined) return;
        database
          .prepare('UPDATE held SET payload = ? WHERE model = ? AND id = ?')
          .run(JSON.stringify({ ...payload, consumed: now() }), model, id);
      },
      destroy: async (id) => {
        database.prepare('DELETE FROM held WHERE model = ? AND id = ?').run(model, id);
      },
      revokeByGrantId: async (grantId) => {
        database.prepare('DELETE FROM held WHERE grant_id = ?').run(grantId);
      },
    }),
    close: () => database.close(),
  };
}

const FOREVER_SECONDS = 10 * 365 * 86_400;
