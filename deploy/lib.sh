# Shared by deploy/up, deploy/down and tests/run: texts, packages, build, processes.
#
# Sourced by bash. The caller sets ROOT (the checkout) and may set BAOXUE_LANG=en; texts are Chinese
# otherwise, because a bureau's operator reads them. A function that fails has said in one line what
# failed and what to do, and returns non-zero.

# t ZH EN: the text in the reader's language.
t() { if [ "${BAOXUE_LANG:-zh}" = en ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }
say() { printf '    %s\n' "$*"; }
# fail WHAT HOW: one line, then the caller stops.
fail() {
  printf '\n%s %s\n    %s %s\n' "$(t '失败:' 'Failed:')" "$1" "$(t '怎么办:' 'What to do:')" "$2" >&2
  return 1
}

# ---- packages -----------------------------------------------------------------------------------

# packages_of SECTION...: the names of those sections of packages.txt.
packages_of() {
  local wanted=" $* " section='' line
  while IFS= read -r line; do
    case "$line" in
      '# ['*) section=${line#'# ['}; section=${section%%]*} ;;
      '#'* | '') ;;
      *) case "$wanted" in *" $section "*) printf '%s\n' "${line%% *}" ;; esac ;;
    esac
  done < "$ROOT/deploy/packages.txt"
}

missing_packages() {
  local name
  for name in $(packages_of "$@"); do
    dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2> /dev/null | grep -q '^ii' || echo "$name"
  done
}

# apt's progress, one line for each tenth.
show_progress() {
  awk -F: -v what="$1" '
    /^(dl|pm)status:/ {
      percent = int($3 / 10) * 10
      if ($1 percent == last) next
      printf "    %s %3d%%\n", ($1 == "dlstatus" ? "↓" : what), percent
      fflush()
      last = $1 percent
    }'
}

# install_packages SECTION...: what is missing, and nothing is started by it.
install_packages() {
  local missing log code server guard=/usr/sbin/policy-rc.d made_guard='' as_root=''
  command -v dpkg-query > /dev/null || {
    fail "$(t '本机不是 Debian,无法安装软件包' 'this machine is not Debian')" \
      "$(t '请在 Debian 12 上运行,或自行安装' 'use Debian 12, or install by hand:') deploy/packages.txt"
    return 1
  }
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null && as_root=sudo
    [ -n "$as_root" ] || {
      fail "$(t '缺少软件包,而当前用户不能安装' 'packages are missing and you are not root')" \
        "$(t '请以 root 运行' 'as root:') apt-get install --no-install-recommends $(echo $missing)"
      return 1
    }
  fi
  step "$(t '安装软件包' 'Installing packages'): $(echo "$missing" | wc -l)"
  log=$(mktemp)
  # Debian starts MariaDB and Redis as they are installed; ours are private, so nothing may start.
  if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$guard" > /dev/null
    $as_root chmod 755 "$guard"
    made_guard=1
  fi
  {
    $as_root apt-get update -q > "$log" 2>&1 &&
      $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 $missing 3>&1 >> "$log" 2>&1 < /dev/null |
      show_progress "$(t 安装 install)"
    code=${PIPESTATUS[0]}
  }
  [ -n "$made_guard" ] && $as_root rm -f "$guard"
  # Freshly installed system services stay off after the next start of the machine, too.
  if command -v systemctl > /dev/null; then
    for server in mariadb redis; do
      case " $(echo $missing) " in
        *" $server-server "*) $as_root systemctl disable -q "$server" "$server-server" ;;
      esac
    done > /dev/null 2>&1
  fi
  missing=$(missing_packages "$@")
  if [ "$code" != 0 ] || [ -n "$missing" ]; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "$(t '软件包没有装上:' 'packages were not installed:') $(echo $missing)" \
      "$(t '检查网络与 /etc/apt/sources.list 后重试' 'check the network and /etc/apt, then run again')"
    return 1
  fi
  rm -f "$log"
}

# ---- build --------------------------------------------------------------------------------------

# Lines of ninja: all on a terminal, otherwise one for each twentieth.
show_build() {
  if [ -t 1 ]; then
    awk '/^\[[0-9]+\/[0-9]+/ { printf "\r\033[K    %.90s", $0; fflush(); next } { print }
      END { print "" }'
  else
    awk '/^\[[0-9]+\/[0-9]+/ {
        split(substr($1, 2), n, "/")
        percent = int(n[1] * 20 / (n[2] + 0)) * 5
        if (percent != last) { printf "    %3d%%  %s\n", percent, $1; fflush(); last = percent }
        next
      }
      { print }'
  fi
}

# build_tree FOLDER TESTS(ON|OFF) TARGET...: configures and builds Release.
build_tree() {
  local folder=$1 tests=$2 log="$1/build.log"
  shift 2
  mkdir -p "$folder"
  if ! cmake --preset release -S "$ROOT" -B "$folder" -DBAOXUE_TESTS="$tests" \
      -DBAOXUE_PCH=ON > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "$(t '无法配置构建' 'cmake could not configure')" "$(t '全文见' 'see') $log"
    return 1
  fi
  # The log keeps everything; ninja's own exit code counts, not that of what shows it.
  NINJA_STATUS='[%f/%t] ' cmake --build "$folder" -j "$(build_jobs)" --target "$@" 2>&1 |
    tee -a "$log" | show_build
  if [ "${PIPESTATUS[0]}" != 0 ]; then
    grep -A 15 -m 2 -E '^FAILED|error:' "$log" >&2 || tail -n 20 "$log" >&2
    fail "$(t '编译失败' 'the build failed')" "$(t '全文见' 'see') $log"
    return 1
  fi
}

# One compiler for each core, but no more than memory allows (about 1.2 GB for the largest file).
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1200000) }' /proc/meminfo)
  [ "$memory" -lt 1 ] && memory=1
  [ "$memory" -lt "$cores" ] && echo "$memory" || echo "$cores"
}

# ---- processes ----------------------------------------------------------------------------------

# When the kernel says that process started, in ticks: tells it from a later one of the same number.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | awk '{ print $20 }'; }

# running NAME: its pid, if the process that we started still runs.
running() {
  local pid began
  [ -r "$PIDS/$1.pid" ] || return 1
  read -r pid began < "$PIDS/$1.pid" || return 1
  [ -n "$pid" ] && [ -n "$began" ] && [ "$(started_at "$pid")" = "$began" ] || return 1
  [ "$(awk '{ print $3 }' "/proc/$pid/stat" 2> /dev/null)" != Z ] && echo "$pid"
}

# launch NAME LOG COMMAND...: in the background, in a session of its own.
launch() {
  local name=$1 log=$2 pid
  shift 2
  touch "$log"
  stat -c %s "$log" > "$PIDS/$name.log-from"
  setsid "$@" >> "$log" 2>&1 < /dev/null &
  pid=$!
  echo "$pid $(started_at "$pid")" > "$PIDS/$name.pid"
}

# wait_until SECONDS COMMAND...: true as soon as the command is.
wait_until() {
  local limit=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.05
  done
}

gone() { ! running "$1" > /dev/null; }

# stop_process NAME SECONDS: SIGTERM, and SIGKILL when the time is over.
stop_process() {
  local pid
  pid=$(running "$1") || { rm -f "$PIDS/$1.pid"; return 0; }
  kill -TERM "$pid" 2> /dev/null
  if ! wait_until "$2" gone "$1"; then
    say "$(t "$1 在 $2 秒内没有停下,强行结束" "$1 did not stop within $2 s: killed")"
    kill -KILL "$pid" 2> /dev/null
    wait_until 10 gone "$1"
  fi
  rm -f "$PIDS/$1.pid"
}
