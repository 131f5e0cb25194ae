import { DatabaseSync } from "node:sqlite";
import type { Headers, RawMessage } from "@millrace/kafka";
import type { OutboxTarget } from "../../src/conformance/index.ts";
import type { EntryOutcome, OutboxEntry, OutboxStatus } from "../../src/index.ts";

interface Row {
  readonly id: number;
  readonly topic: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: string;
  readonly timestamp: number | null;
  readonly partition: number | null;
  readonly status: OutboxStatus;
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: number;
}

/** A store in a database: what one looks like, and that the suite can be passed with SQL. Several processes may open one file. */
export function openSqliteOutbox(path = ":memory:"): OutboxTarget<DatabaseSync> & { close(): void } {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA busy_timeout = 10000;
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, value BLOB, headers TEXT NOT NULL, timestamp INTEGER, partition INTEGER,
      status TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0, error TEXT, created_at INTEGER NOT NULL, at INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (topic, key, id) WHERE status = 'pending';
    CREATE TABLE IF NOT EXISTS outbox_lease (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT NOT NULL, until INTEGER NOT NULL);`);
  const prepared = {
    append: database.prepare(
      "INSERT INTO outbox (topic, key, value, headers, timestamp, partition, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    due: database.prepare(`
      SELECT * FROM outbox AS entry WHERE status = 'pending' AND at <= :now AND NOT EXISTS (
        SELECT 1 FROM outbox AS older
        WHERE older.status = 'pending' AND older.topic = entry.topic AND older.key = entry.key AND older.id < entry.id AND older.at > :now)
      ORDER BY id LIMIT :limit`),
    settle: database.prepare(`
      UPDATE outbox SET status = ?, attempts = coalesce(?, attempts), error = coalesce(?, error), at = ? WHERE id = ? AND status = 'pending'`),
    list: database.prepare("SELECT * FROM outbox WHERE status = ? ORDER BY id LIMIT ?"),
    requeue: database.prepare(
      "UPDATE outbox SET status = 'pending', attempts = 0, error = NULL, at = 0 WHERE id = ? AND status = 'failed'",
    ),
    remove: database.prepare("DELETE FROM outbox WHERE status = 'published' AND at < ?"),
    lease: database.prepare(`
      INSERT INTO outbox_lease VALUES (1, :owner, :until)
      ON CONFLICT DO UPDATE SET owner = :owner, until = :until WHERE owner = :owner OR until <= :now`),
    release: database.prepare("DELETE FROM outbox_lease WHERE owner = ?"),
  };

  const inTransaction = <T>(work: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };

  const settle = (outcome: EntryOutcome): void => {
    const { id, status } = outcome;
    const { attempts, error } = outcome.status === "published" ? { attempts: null, error: null } : outcome;
    const at = Date.now() + (outcome.status === "pending" ? outcome.delayMs : 0);
    prepared.settle.run(status, attempts, error, at, id);
  };

  return {
    async transaction(work) {
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = await work(database);
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    store: {
      async append(_, messages) {
        for (const { topic, key, value, headers = [], timestamp = null, partition = null } of messages)
          prepared.append.run(topic, key, value, encodeHeaders(headers), timestamp, partition, Date.now());
      },
      async due(limit) {
        return (prepared.due.all({ now: Date.now(), limit }) as unknown as Row[]).map(entryOf);
      },
      async record(outcomes) {
        inTransaction(() => outcomes.forEach(settle));
      },
      async list(status, limit) {
        return (prepared.list.all(status, limit) as unknown as Row[]).map(entryOf);
      },
      async requeue(ids) {
        return inTransaction(() => ids.reduce((sum, id) => sum + Number(prepared.requeue.run(id).changes), 0));
      },
      async removePublished(olderThanMs) {
        return Number(prepared.remove.run(Date.now() - olderThanMs).changes);
      },
      async lease(owner, durationMs) {
        const now = Date.now();
        return prepared.lease.run({ owner, now, until: now + durationMs }).changes === 1;
      },
      async release(owner) {
        prepared.release.run(owner);
      },
    },
    close: () => database.close(),
  };
}

function entryOf(row: Row): OutboxEntry {
  const { id, topic, key, value, headers, timestamp, partition, status, attempts, error } = row;
  const message: RawMessage = {
    topic,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: decodeHeaders(headers),
    ...(timestamp === null ? {} : { timestamp }),
    ...(partition === null ? {} : { partition }),
  };
  return { id: String(id), message, status, attempts, createdAt: row.created_at, error };
}

function encodeHeaders(headers: Headers): string {
  return JSON.stringify(headers.map(([name, value]) => [name, value?.toString("base64") ?? null]));
}

function decodeHeaders(text: string): Headers {
  return (JSON.parse(text) as [string, string | null][]).map(([name, value]) => [
    name,
    value === null ? null : Buffer.from(value, "base64"),
  ]);
}
