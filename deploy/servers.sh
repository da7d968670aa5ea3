# The private MariaDB and Redis of one deployment: own data folders, unix sockets only.
#
# Sourced after lib.sh by deploy/up. Uses VAR (data of the deployment), RUN (folder of the sockets),
# PIDS, LOGS. Settings are written once to $VAR/etc and may be edited there.

# A unix socket's path has at most 107 bytes: below a deep checkout the sockets go elsewhere.
choose_run_folder() {
  RUN=$VAR/run
  if [ "$(printf '%s' "$RUN" | wc -c)" -gt 80 ]; then
    RUN=/tmp/baoxue-$(id -u)-$(printf '%s' "$VAR" | cksum | cut -d ' ' -f 1)
  fi
  mkdir -p "$RUN" && chmod 700 "$RUN" && [ -O "$RUN" ] || {
    fail "$(t "不能使用文件夹 $RUN" "cannot use $RUN")" "$(t '检查它的主人和权限' 'check its owner')"
    return 1
  }
}

memory_mb() { awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo; }

# Half a gigabyte for a machine of 4 GB and more, an eighth of the memory below.
buffer_pool_mb() {
  local mb
  [ -n "${BAOXUE_BUFFER_POOL_MB:-}" ] && { echo "$BAOXUE_BUFFER_POOL_MB"; return; }
  mb=$(($(memory_mb) / 8))
  [ "$mb" -gt 512 ] && mb=512
  [ "$mb" -lt 64 ] && mb=64
  echo "$mb"
}

write_mariadb_settings() {
  local file=$VAR/etc/mariadb.cnf
  [ -e "$file" ] && return 0
  cat > "$file" << END
# 本部署专用的 MariaDB:只用 unix socket,不监听网络端口。改后重新 deploy/down、deploy/up。
[mariadbd]
user = $(id -un)
datadir = $VAR/mariadb
socket = $RUN/mysql.sock
pid-file = $RUN/mysql.pid
tmpdir = $VAR/tmp
skip-networking
skip-name-resolve
skip-log-bin
character-set-server = utf8mb4
collation-server = utf8mb4_bin
max-connections = 120
max-allowed-packet = 64M
innodb-buffer-pool-size = $(buffer_pool_mb)M
innodb-log-file-size = ${BAOXUE_LOG_FILE_MB:-512}M
# 已应答的写入必须已落盘,请勿改成 0 或 2。
innodb-flush-log-at-trx-commit = 1
innodb-flush-method = O_DIRECT
innodb-io-capacity = 2000
performance-schema = OFF
END
}

write_redis_settings() {
  local file=$VAR/etc/redis.conf
  [ -e "$file" ] && return 0
  (umask 077 && cat > "$file") << END
# 本部署专用的 Redis:只用 unix socket。这里只有待办工作的队列,清空也不会丢数据。
port 0
unixsocket "$RUN/redis.sock"
unixsocketperm 700
requirepass $(cat "$VAR/etc/redis.password")
dir "$VAR/redis"
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
END
}

mysql_root() { mariadb --no-defaults --socket="$RUN/mysql.sock" -u "$(id -un)" "$@"; }
mysql_answers() { mysql_root -e 'SELECT 1'; }
redis_command() {
  REDISCLI_AUTH=$(cat "$VAR/etc/redis.password") redis-cli -s "$RUN/redis.sock" "$@"
}
redis_answers() { [ "$(redis_command PING 2> /dev/null)" = PONG ]; }

init_mariadb() {
  local log=$LOGS/mariadb-init.log
  [ -d "$VAR/mariadb/mysql" ] && return 0
  say "$(t '新建 MariaDB 数据文件夹' 'Making the MariaDB data folder')"
  rm -rf "$VAR/mariadb.new"
  mkdir -p "$VAR/mariadb.new"
  # Only the user of the operating system who runs the suite gets in as administrator.
  if ! mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$VAR/mariadb.new" \
    --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
    --skip-test-db --skip-name-resolve --force --tmpdir="$VAR/tmp" > "$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "$(t 'MariaDB 数据文件夹没有建成' 'the data folder was not made')" \
      "$(t '全文见' 'see') $log"
    return 1
  fi
  mv "$VAR/mariadb.new" "$VAR/mariadb"
}

# server_died NAME: says why, with the last lines that it wrote in this start.
server_died() {
  local from
  from=$(cat "$PIDS/$1.log-from" 2> /dev/null || echo 0)
  tail -c "+$((from + 1))" "$LOGS/$1.log" | tail -n 15 >&2
  fail "$(t "$1 没有启动" "$1 did not start")" \
    "$(t '看上面几行;日志' 'see the lines above; log:') $LOGS/$1.log"
}

# wait_server NAME ANSWERS: until it answers, or its process has ended.
wait_server() {
  local limit=$((SECONDS + 120))
  until "$2" > /dev/null 2>&1; do
    if ! running "$1" > /dev/null || [ "$SECONDS" -ge "$limit" ]; then
      server_died "$1"
      return 1
    fi
    sleep 0.05
  done
}

start_mariadb() {
  local password
  running mariadb > /dev/null && return 0
  init_mariadb || return 1
  write_mariadb_settings
  launch mariadb "$LOGS/mariadb.log" mariadbd --defaults-file="$VAR/etc/mariadb.cnf"
  wait_server mariadb mysql_answers || return 1
  password=$(cat "$VAR/etc/mysql.password")
  # By standard input: an argument would be seen by everybody on the machine.
  mysql_root << END || { server_died mariadb; return 1; }
CREATE USER IF NOT EXISTS 'baoxue'@'localhost' IDENTIFIED BY '$password';
ALTER USER 'baoxue'@'localhost' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON \`baoxue\\_%\`.* TO 'baoxue'@'localhost';
END
}

start_redis() {
  running redis > /dev/null && return 0
  mkdir -p "$VAR/redis"
  write_redis_settings
  launch redis "$LOGS/redis.log" redis-server "$VAR/etc/redis.conf"
  wait_server redis redis_answers
}
