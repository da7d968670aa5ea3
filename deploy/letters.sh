# The demo's second county, and the letter that the two exchange.
#
# Sourced after lib.sh by deploy/up. The second county is a deployment like any other, in a folder
# of its own ($OTHER_VAR): own MariaDB, Redis, keys and ports, started and played by deploy/up
# itself. The two know of each other only what `baoxue directory` exchanged; everything here is
# done with the operator's command, as two bureaus would. Each part leaves a mark in $VAR/state, so
# that an interrupted demo goes on where it stopped. Names and identity numbers are invented.

# choose_other: OTHER, the county that exchanges letters with $county, and its folder.
choose_other() {
  OTHER=suining
  [ "$county" = suining ] && OTHER=tongan
  [ -r "$VAR/state/other" ] && OTHER=$(cat "$VAR/state/other")
  OTHER_VAR=$VAR/$OTHER
  OTHER_LOG=$LOGS/$OTHER.up.log
}

there() { "$BIN/baoxue" --config "$OTHER_VAR/etc/suite.yaml" "$@"; }

# other_up OPTION...: a smaller MariaDB than the first one's, since both are on one machine.
other_up() {
  BAOXUE_BUFFER_POOL_MB=128 BAOXUE_LOG_FILE_MB=128 "$ROOT/deploy/up" --no-build --alone --letters \
    --var "$OTHER_VAR" --county "$OTHER" "$@" >> "$OTHER_LOG" 2>&1 < /dev/null
}

other_failed() {
  tail -n 15 "$OTHER_LOG" >&2
  fail "第二个县 $OTHER $1" "看上面几行;全文:$OTHER_LOG。改好后再次运行 deploy/up,或加 --alone 不要第二个县"
}

start_other() {
  : > "$OTHER_LOG"
  other_up --no-demo || { other_failed 没有启动; return 1; }
  echo "$OTHER" > "$VAR/state/other"
}

# In the background, while this county's demo runs.
play_other() {
  local size=$OTHER_STUDENTS
  [ -n "$students" ] && [ "$students" -lt "$size" ] && size=$students
  other_up --students "$size" --weeks "$weeks" &
  OTHER_PID=$!
}

await_other() {
  [ -n "${OTHER_PID:-}" ] || return 0
  wait "$OTHER_PID" || { other_failed 没有演示完; return 1; }
  OTHER_PID=
}

# field NAME: its first value in JSON as `baoxue --json` prints it, one field a line.
field() { sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1; }

# ---- clocks --------------------------------------------------------------------------------------

# The later of the two clocks, as seconds.
now_seconds() {
  local now
  now=$({ baoxue --json clock show; there --json clock show; } |
    sed -n 's/.*"now": *"\([^"]*\)".*/\1/p' | sort | tail -n 1)
  [ -n "$now" ] && date -d "$now" +%s
}

today() { TZ=CST-8 date -d "@$(now_seconds)" +%F; }

# next_workday DAY: Monday to Friday; the demo's weeks end before the holidays of October.
next_workday() {
  local day
  day=$(date -d "$1 + 1 day" +%F)
  while [ "$(date -d "$day" +%u)" -gt 5 ]; do day=$(date -d "$day + 1 day" +%F); done
  echo "$day"
}

# both_to TIME: both counties' time, every deadline of either at its own moment, all letters
# settled. A part that is done again finds the time passed.
both_to() {
  local now
  now=$(now_seconds) || return 1
  [ "$now" -ge "$(TZ=CST-8 date -d "$1" +%s)" ] && return 0
  baoxue --quiet clock set "$1" --with "$OTHER_VAR/etc/suite.yaml" > /dev/null
}

# ---- the two join --------------------------------------------------------------------------------

join_counties() {
  local mine=$VAR/exchange/$county.directory theirs=$VAR/exchange/$OTHER.directory here away
  mkdir -p "$VAR/exchange"
  here=$(baoxue --json directory export "$mine" | field fingerprint) &&
    away=$(there --json directory export "$theirs" | field fingerprint) &&
    [ -n "$here" ] && [ -n "$away" ] || return 1
  # Read out on the telephone; another one than the file's own is refused.
  say "$county 的指纹 $here"
  say "$OTHER 的指纹 $away"
  baoxue directory import "$theirs" --fingerprint "$away" | sed 's/^/    /' &&
    there directory import "$mine" --fingerprint "$here" > /dev/null &&
    baoxue directory test --with "$(division_of "$OTHER")" | sed 's/^/    /'
  [ "${PIPESTATUS[0]}" = 0 ]
}

# Of the profile's section `county`, which comes first.
profile() {
  local file=$CONFIG/counties/$1.yaml
  [ -e "$file" ] || file=$ROOT/config/counties/$1.yaml
  sed -n "s/^  $2: *\"\{0,1\}\([^\"]*\).*/\1/p" "$file" | head -n 1
}
division_of() { profile "$1" division; }
division_name() { profile "$1" name; }
bureau_of() { profile "$1" bureau; }

# ---- the child -----------------------------------------------------------------------------------

# The children who vanish in the sample, those whom nobody can reach first: school/class/seat.
vanished() {
  sed -n 's/^ *"\(school\|class_no\|seat\|kind\)": "\(.*\)",\{0,1\}$/\1 \2/p' \
    "$VAR/sample/truth.json" | awk '{ is[$1] = $2 } $1 == "kind" && $2 ~ /^vanished/ {
      print $2, is["school"] "/" is["class_no"] "/" is["seat"] }' | sort -rs -k 1,1 | cut -d' ' -f2
}

# pick_child: an open case of a vanished child, and the child's row of this county's roster.
# Writes $VAR/exchange/child, NAME=VALUE lines, and child.csv (0600).
pick_child() {
  local child found='' state
  for child in $(vanished); do
    found=$(baoxue --json case show --student "$child" 2> /dev/null)
    state=$(field state <<< "$found")
    case "$state" in 10 | 20 | 31) break ;; *) found='' ;; esac
  done
  [ -n "$found" ] || return 1
  (umask 077 && awk -F, -v child="$child" '
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; print; next }
    $1 "/" $at["班号"] "/" $at["班内学号"] == child { print; exit }' \
    "$VAR/sample/roster.csv" > "$VAR/exchange/child.csv")
  [ "$(wc -l < "$VAR/exchange/child.csv")" = 2 ] || return 1
  printf '%s\n' "case_id=$(field case_id <<< "$found")" \
    "student_id=$(field student_id <<< "$found")" "absent=$(field first_absent <<< "$found")" \
    > "$VAR/exchange/child"
}

# cell COLUMN: of the child's row.
cell() {
  awk -F, -v name="$1" '
    NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) at = i; next } { print $at }' \
    "$VAR/exchange/child.csv"
}

# The family has gone to the other county; a school there has taken the child in.
plant_child() {
  local case_id student_id absent place grade from address
  pick_child || return 1
  . "$VAR/exchange/child"
  grade=$(awk -F, -v school="$(head -n 2 "$VAR/exchange/child.csv" | tail -n 1 | cut -d, -f1)" \
    -v number="$(cell 班号)" '$1 == school && $2 == number { print $3; exit }' \
    "$VAR/sample/classes.csv")
  place=$(awk -F, -v grade="$grade" 'NR > 1 && $3 == grade { print $1 "," $2; exit }' \
    "$OTHER_VAR/sample/classes.csv")
  address=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "现住址") at = i; next }
    { print $at; exit }' "$OTHER_VAR/sample/roster.csv")
  [ -n "$place" ] || return 1
  from=$(next_workday "$(date -d "$absent + 6 days" +%F)")
  (umask 077 && awk -F, -v OFS=, -v school="${place%,*}" -v number="${place#*,}" \
    -v home="$address" '
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; print; next }
    { $1 = school; $at["班号"] = number; $at["班内学号"] = "99"; $at["学籍辅号"] = ""
      $at["现住址"] = $at["通信地址"] = $at["家庭地址"] = home; print }' \
    "$VAR/exchange/child.csv" > "$OTHER_VAR/tmp/arrival.csv") &&
    there --quiet import "$OTHER_VAR/tmp/arrival.csv" --kind roster --yes --strict \
      --valid-from "$from" >> "$OTHER_LOG" 2>&1
}

# ---- the letter ----------------------------------------------------------------------------------

# date_json DAY: as the contracts write a day.
date_json() {
  printf '{"year": %d, "month": %d, "day": %d}' "${1%%-*}" "$((10#${1:5:2}))" "$((10#${1:8:2}))"
}

# The letter as JSON: an argument would show the identity number to everybody on the machine.
write_draft() {
  local born visit
  born=$(cell 出生日期)
  visit=$(next_workday "$absent")
  (umask 077 && cat > "$VAR/tmp/draft.json") << END
{"kind": "LETTER_KIND_HC", "to": "$(division_of "$OTHER")", "case_id": $case_id,
 "student_id": $student_id, "inquiry": {
  "child": {"name": "$(cell 姓名)", "sex": "$(cell 性别)", "id_number": "$(cell 身份证件号)",
   "birth": $(date_json "${born:0:4}-${born:4:2}-${born:6:2}"),
   "household_division": "$(cell 户口所在地行政区划代码)"},
  "last_seen": $(date_json "$absent"),
  "known_destination": "邻居称全家可能已去$(division_name "$OTHER")",
  "measures": [{"kind": "家访", "day": $(date_json "$visit"), "text": "家中无人"}],
  "request": "该生不辞而别,请协助核查去向及就读情况",
  "contact": {"body": "$(bureau_of "$county")", "person": "经办员甲", "phone": "0592-0000000"}}}
END
}

letter_stands() { [ "$(baoxue --json letter show "$1" | field state_name)" = "$2" ]; }

# Drafted by one officer, approved by another; it leaves with its number at once.
send_letter() {
  local case_id student_id absent day sent
  . "$VAR/exchange/child"
  day=$(next_workday "$(today)")
  both_to "${day}T08:40" && write_draft || return 1
  sent=$(baoxue --json --as "经办员甲/bureau_officer/$(bureau_of "$county")" letter draft \
    --file "$VAR/tmp/draft.json")
  rm -f "$VAR/tmp/draft.json"
  sent=$(field conversation_id <<< "$sent")
  [ -n "$sent" ] && both_to "${day}T09:10" || return 1
  echo "letter=$sent day=$day" >> "$VAR/exchange/child"
  ! letter_stands "$sent" 拟稿 ||
    baoxue --as "签发人丙/bureau_officer/$(bureau_of "$county")" letter approve "$sent" > /dev/null ||
    return 1
  both_to "${day}T09:30"
}

answered() { baoxue --json letter show "$letter" | grep -q '"reply_code": *"\{0,1\}R'; }

# case_act ACTOR STATES ACT OPTION...: of the child's case, unless it is in one of STATES already.
case_act() {
  local actor=$1 done_in=$2 act=$3
  shift 3
  [[ " $done_in " == *" $(baoxue --json case show "$case_id" | field state) "* ]] ||
    baoxue --as "$actor/bureau_officer/$(bureau_of "$county")" case act "$case_id" "$act" "$@" \
      > /dev/null
}

# The case moves by the answer: closed as 41 by one officer, reviewed by another.
move_case() {
  local case_id student_id absent letter day number
  . "$VAR/exchange/child"
  wait_until 30 answered || return 1
  number=$(baoxue letter show "$letter" | sed -n 's/^1 *回函方 *回函 *\([^ ]*\).*/\1/p')
  both_to "${day}T10:00" &&
    case_act 经办员甲 '41 80' resolve --target 41 --evidence "回函R01:$number" \
      --text "据$(division_name "$OTHER")回函,该生已在当地就读" &&
    both_to "${day}T10:30" &&
    case_act 审核员乙 80 review --approve --text 回函属实,同意销号 || return 1
  letter_stands "$letter" 已办结 ||
    baoxue --as "经办员甲/bureau_officer/$(bureau_of "$county")" letter do "$letter" close \
      > /dev/null || return 1
  both_to "${day}T11:00"
}

show_letter() {
  local case_id student_id absent letter day file of
  . "$VAR/exchange/child"
  step "一封核查函的全过程"
  say "$(division_name "$county"):"
  baoxue letter show "$letter" || return 1
  printf '\n'
  say "$(division_name "$OTHER"):"
  there letter show "$letter" || return 1
  printf '\n'
  say "个案 $case_id 因此:"
  baoxue case show "$case_id" | sed -n "1,2p; / $day .*\(办理\|状态\) /p"
  for of in "$county" "$OTHER"; do
    file=$VAR/exchange/$of.evidence
    printf '\n'
    say "$(division_name "$of")保存的证据 $file,只凭公钥检验:"
    if [ "$of" = "$county" ]; then
      baoxue evidence export "$letter" "$file" > /dev/null || return 1
    else
      there evidence export "$letter" "$file" > /dev/null || return 1
    fi
    "$BIN/baoxue" evidence verify "$file" || return 1
  done
}

# letters_part MARK COMMAND WHAT: once; a failure says what failed.
letters_part() {
  once "$1" "$2" || {
    fail "两县通函:$3" "再次运行 deploy/up 接着做;日志:$LOGS/tracing.log、$OTHER_VAR/log/tracing.log"
    return 1
  }
}

exchange_letters() {
  local began=$SECONDS
  [ -e "$VAR/state/letters" ] && return 0
  step "两县通函 1/3:交换名录,电话核对指纹"
  letters_part joined join_counties 名录没有交换成 || return 1
  step "两县通函 2/3:一名失联学生已在 $(division_name "$OTHER")就读;$(division_name "$county")发核查函"
  letters_part planted plant_child 没有选好学生 && letters_part sent send_letter 函没有发出 ||
    return 1
  step "两县通函 3/3:$(division_name "$OTHER")的学籍系统答复,个案据此销号"
  letters_part moved move_case 没有得到答复或个案没有办结 || return 1
  show_letter || { fail 没有得到函件或证据 "日志:$LOGS/tracing.log"; return 1; }
  : > "$VAR/state/letters"
  say "两县通函用时 $((SECONDS - began)) 秒"
}
