// The table and the row that every peer writes: the same columns as attendance's roll_call.
import mysql from 'mysql2/promise';

export const kColumns =
  '(class_id, day, half, revision, idem_key, exceptions, actor, recorded_at)';

// Each peer starts with an empty table.
export async function makeTable(pool) {
  await pool.query('DROP TABLE IF EXISTS peer_roll_call');
  await pool.query(kTable);
}

const kTable = `CREATE TABLE peer_roll_call (
  class_id BIGINT NOT NULL, day DATE NOT NULL, half TINYINT NOT NULL, revision INT NOT NULL,
  idem_key BINARY(16) NOT NULL, exceptions VARBINARY(2048) NOT NULL, actor VARCHAR(64) NOT NULL,
  recorded_at DATETIME(3) NOT NULL,
  PRIMARY KEY (class_id, day, half, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;

export function makePool(connections) {
  return mysql.createPool({
    socketPath: process.env.PEER_MYSQL_SOCKET,
    user: process.env.PEER_MYSQL_USER,
    password: process.env.PEER_MYSQL_PASSWORD,
    database: process.env.PEER_MYSQL_DATABASE,
    connectionLimit: connections,
  });
}

let revision = 0;

// A roll call as JSON -> the cells of one row. Every call is a new revision, so no row collides.
export function toRow(body) {
  const exceptions = Buffer.from(JSON.stringify(body.exceptions));
  return [body.class_id, body.day, body.half, ++revision, Buffer.from(body.key, 'hex'), exceptions,
    body.actor, new Date()];
}
