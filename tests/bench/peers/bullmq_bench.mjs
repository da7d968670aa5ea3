// BullMQ + mysql2, closed loop: PEER_IN_FLIGHT roll calls wait for their job to have been stored.
// Prints one JSON line: {"rate":..., "p50_ms":..., "p99_ms":...}.
import { Queue, QueueEvents, Worker } from 'bullmq';
import { kColumns, makePool, makeTable, toRow } from './common.mjs';

const connection = { path: process.env.PEER_REDIS_SOCKET, password: process.env.PEER_REDIS_PASSWORD,
  maxRetriesPerRequest: null };
const inFlight = Number(process.env.PEER_IN_FLIGHT);
const seconds = Number(process.env.PEER_SECONDS);
const pool = makePool(24);
await makeTable(pool);
const insertOne = `INSERT INTO peer_roll_call ${kColumns} VALUES (?,?,?,?,?,?,?,?)`;

const queue = new Queue('rollcalls', { connection });
const events = new QueueEvents('rollcalls', { connection });
events.setMaxListeners(0);
queue.setMaxListeners(0);
await events.waitUntilReady();
const worker = new Worker('rollcalls', async (job) => { await pool.execute(insertOne, toRow(job.data)); },
  { connection, concurrency: 24 });
await worker.waitUntilReady();

const latencies = [];
const end = performance.now() + seconds * 1000;
async function client(number) {
  let n = 0;
  while (performance.now() < end) {
    const start = performance.now();
    const job = await queue.add('rollcall', { class_id: number, day: '2026-09-01', half: 1,
      key: (number * 1e6 + n++).toString(16).padStart(32, '0'), actor: 'T1',
      exceptions: [{ student: 1, mark: 6 }] },
      { removeOnComplete: true });
    await job.waitUntilFinished(events);
    latencies.push(performance.now() - start);
  }
}
const begun = performance.now();
await Promise.all(Array.from({ length: inFlight }, (_, i) => client(i + 1)));
const elapsed = (performance.now() - begun) / 1000;
latencies.sort((a, b) => a - b);
const at = (q) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))];
console.log(JSON.stringify({ rate: latencies.length / elapsed, p50_ms: at(0.5), p99_ms: at(0.99) }));
await worker.close();
await events.close();
await queue.obliterate({ force: true });
await queue.close();
await pool.end();
process.exit(0);
