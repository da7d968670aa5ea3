// fastify + mysql2. PEER_MODE=plain: one INSERT per POST from a pool of 32 connections.
// PEER_MODE=group: natural group commit; whatever is waiting goes into one INSERT on one connection.
import Fastify from 'fastify';
import { kColumns, makePool, makeTable, toRow } from './common.mjs';

const group = process.env.PEER_MODE === 'group';
const pool = makePool(group ? 1 : 32);
await makeTable(pool);
const insertMany = `INSERT INTO peer_roll_call ${kColumns} VALUES ?`;
const insertOne = `INSERT INTO peer_roll_call ${kColumns} VALUES (?,?,?,?,?,?,?,?)`;

let waiting = [];
let writing = false;

async function pump() {
  writing = true;
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 1000);
    try {
      await pool.query(insertMany, [batch.map((item) => item.row)]);
      for (const item of batch) item.resolve();
    } catch (error) {
      for (const item of batch) item.reject(error);
    }
  }
  writing = false;
}

function groupCommit(row) {
  return new Promise((resolve, reject) => {
    waiting.push({ row, resolve, reject });
    if (!writing) pump();
  });
}

const app = Fastify({ logger: false });
app.post('/rollcall', async (request) => {
  const row = toRow(request.body);
  if (group) await groupCommit(row);
  else await pool.execute(insertOne, row);
  return { revision: row[3] };
});
await app.listen({ host: '127.0.0.1', port: Number(process.env.PEER_PORT) });
console.log('ready');
process.on('SIGTERM', async () => { await app.close(); await pool.end(); process.exit(0); });
