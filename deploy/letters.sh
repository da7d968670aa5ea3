# The demo's second county, what the two exchange, and what goes to a third one on paper.
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

# next_workday DAY: Monday to Friday but the holidays of autumn; a day worked in exchange counts as
# a Sunday here, which the demo can do without.
next_workday() {
  local day=$1 rest=1
  while [ -n "$rest" ]; do
    day=$(date -d "$day + 1 day" +%F)
    case "$day" in
      2026-09-25 | 20??-10-0[1-7]) ;;
      *) [ "$(date -d "$day" +%u)" -gt 5 ] || rest='' ;;
    esac
  done
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
    there directory import "$mine" --fingerprint "$here" > /dev/null || return 1
  # Both have just opened their doors anew for each other.
  local tries=0 passed=''
  while [ -z "$passed" ] && [ "$tries" -lt 8 ]; do
    [ "$tries" = 0 ] || sleep 1
    tries=$((tries + 1))
    baoxue directory test --with "$(division_of "$OTHER")" > "$VAR/exchange/self-test" 2>&1 &&
      passed=1
  done
  sed 's/^/    /' "$VAR/exchange/self-test"
  [ -n "$passed" ]
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

# roster_row SCHOOL/CLASS/SEAT: the roster's head and that row; callers keep it to themselves.
roster_row() {
  local rows
  rows=$(awk -F, -v child="$1" '
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; print; next }
    $1 "/" $at["班号"] "/" $at["班内学号"] == child { print; exit }' "$VAR/sample/roster.csv")
  printf '%s\n' "$rows"
  [ "$(wc -l <<< "$rows")" = 2 ]
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
  (umask 077 && roster_row "$child" > "$VAR/exchange/child.csv") || return 1
  printf '%s\n' "child=$child" "case_id=$(field case_id <<< "$found")" \
    "student_id=$(field student_id <<< "$found")" "absent=$(field first_absent <<< "$found")" \
    > "$VAR/exchange/child"
}

# cell COLUMN [child|far]: of that child's row.
cell() {
  awk -F, -v name="$1" '
    NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) at = i; next } { print $at }' \
    "$VAR/exchange/${2:-child}.csv"
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

# draft_letter DIVISION NAME OPTION...: the id of a 核查函. Who the child is and what the family's
# telephone is comes from the books, by --case or --student.
draft_letter() {
  local to=$1 name=$2
  shift 2
  as_clerk --json letter draft --kind 核查函 --to "$to" "$@" \
    --destination "邻居称全家可能已去$name" --visit "$(next_workday "$absent"):家中无人" \
    --request "该生不辞而别,请协助核查去向及就读情况" --phone 0592-0000000 | field conversation_id
}

as_clerk() { baoxue --as "经办员甲/bureau_officer/$(bureau_of "$county")" "$@"; }
as_signer() { baoxue --as "签发人丙/bureau_officer/$(bureau_of "$county")" "$@"; }

letter_stands() { [ "$(baoxue --json letter show "$1" | field state_name)" = "$2" ]; }

other_tracing() { PIDS=$OTHER_VAR/run/pids "$@"; }

# The other county's tracing service starts again; what came meanwhile is delivered by itself.
wake_other() {
  local pid
  rm -f "$OTHER_VAR/run/tracing.ready"
  other_tracing launch tracing "$OTHER_VAR/log/tracing.log" "$BIN/baoxue-tracing" \
    --config "$OTHER_VAR/etc/suite.yaml"
  pid=$(other_tracing running tracing) || return 1
  wait_until 60 grep -qx "$pid" "$OTHER_VAR/run/tracing.ready"
}

# Drafted by one officer, approved by another. The other county's service is just then away (its
# machine is being looked after): the letter waits, and arrives when it is back.
send_letter() {
  local case_id student_id absent day sent
  . "$VAR/exchange/child"
  day=$(next_workday "$(today)")
  both_to "${day}T08:40" || return 1
  sent=$(draft_letter "$(division_of "$OTHER")" "$(division_name "$OTHER")" --case "$case_id")
  [ -n "$sent" ] && both_to "${day}T09:10" || return 1
  echo "letter=$sent day=$day" >> "$VAR/exchange/child"
  there --quiet clock set "${day}T09:12" > /dev/null && other_tracing stop_process tracing 30
  ! letter_stands "$sent" 拟稿 || as_signer letter approve "$sent" > /dev/null || return 1
  say "09:10 函已发出;$(division_name "$OTHER")的协查服务正在检修,09:12 恢复后自动收到"
  baoxue --quiet clock set "${day}T09:12" > /dev/null && wake_other
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
  local case_id student_id absent letter day number at
  . "$VAR/exchange/child"
  # The letter is tried again as time goes on, by and by less often.
  for at in 09:14 09:18 09:24 09:34; do
    both_to "${day}T$at" && wait_until 10 answered && break
  done
  answered || return 1
  number=$(baoxue letter show "$letter" | sed -n 's/^1 *回函方 *回函 *\([^ ]*\).*/\1/p')
  both_to "${day}T10:00" &&
    case_act 经办员甲 '41 80' resolve --target 41 --evidence "回函R01:$number" \
      --text "据$(division_name "$OTHER")回函,该生已在当地就读" &&
    both_to "${day}T10:30" &&
    case_act 审核员乙 80 review --approve --text 回函属实,同意销号 || return 1
  both_to "${day}T10:50" || return 1
  letter_stands "$letter" 已办结 || as_clerk letter do "$letter" close > /dev/null || return 1
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
      (umask 077 && baoxue evidence export "$letter" "$file") > /dev/null || return 1
    else
      (umask 077 && there evidence export "$letter" "$file") > /dev/null || return 1
    fi
    "$BIN/baoxue" evidence verify "$file" || return 1
  done
}

# ---- a county without the software ---------------------------------------------------------------

# county_of ADDRESS: 麻城市 of 湖北省黄冈市麻城市竹林社区234号.
county_of() {
  LC_ALL=C.UTF-8 sed 's/^[^省]*省//; s/^[^市]*市\([^市区县]*[市区县]\).*/\1/' <<< "$1"
}

# pick_far_child: a child whose household is in a third county, if there is one with an open case.
# Writes $VAR/exchange/far, NAME=VALUE lines, and far.csv (0600).
pick_far_child() {
  local key division found state far='' case_id=0 absent vanished
  vanished=$(sed -n 's/^child=//p' "$VAR/exchange/child")
  absent=$(date -d "$(today) - 10 days" +%F)
  while IFS=, read -r key division; do
    [ "$key" != "$vanished" ] || continue
    case "$division" in
      '' | "$(division_of "$county")" | "$(division_of "$OTHER")") continue ;;
    esac
    [ -n "$far" ] || far=$key,$division
    found=$(baoxue --json case show --student "$key" 2> /dev/null)
    state=$(field state <<< "$found")
    case "$state" in 10 | 20 | 31) ;; *) continue ;; esac
    far=$key,$division
    case_id=$(field case_id <<< "$found")
    absent=$(field first_absent <<< "$found")
    break
  done < <(planted_rows)
  [ -n "$far" ] && (umask 077 && roster_row "${far%,*}" > "$VAR/exchange/far.csv") || return 1
  printf '%s\n' "case_id=$case_id" "key=${far%,*}" "absent=$absent" "division=${far#*,}" \
    > "$VAR/exchange/far"
}

# planted_rows: school/class/seat,household of the children that the sample knows something about.
planted_rows() {
  sed -n 's/^ *"\(school\|class_no\|seat\|kind\)": "\(.*\)",\{0,1\}$/\1 \2/p' \
    "$VAR/sample/truth.json" |
    awk '{ is[$1] = $2 } $1 == "kind" { print is["school"] "/" is["class_no"] "/" is["seat"] }' |
    awk -F, 'NR == FNR { wanted[$1] = 1; next }
      FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
      { key = $1 "/" $at["班号"] "/" $at["班内学号"] }
      key in wanted { print key "," $at["户口所在地行政区划代码"] }' - "$VAR/sample/roster.csv"
}

# The letter goes to the household's county as paper: printed on the record, posted by registered
# mail, whose receipt is entered two working days later.
send_paper() {
  local case_id key absent division name day sent number
  pick_far_child || return 1
  . "$VAR/exchange/far"
  name=$(county_of "$(cell 家庭地址 far)")
  baoxue directory paper "$division" --name "$name" --bureau "${name}教育局" > /dev/null || return 1
  day=$(next_workday "$(today)")
  both_to "${day}T14:20" || return 1
  if [ "$case_id" != 0 ]; then
    sent=$(draft_letter "$division" "$name" --case "$case_id")
  else
    sent=$(draft_letter "$division" "$name" --student "$key" --last-seen "$absent")
  fi
  [ -n "$sent" ] && both_to "${day}T15:05" || return 1
  ! letter_stands "$sent" 拟稿 || as_signer letter approve "$sent" > /dev/null || return 1
  number=$(baoxue --json letter show "$sent" | field document_no)
  printf '%s\n' "paper=$sent" "name=$name" "number=$number" >> "$VAR/exchange/far"
  both_to "${day}T15:40" &&
    (umask 077 && as_clerk letter print "$sent" "$VAR/exchange/$number.pdf" --for 挂号邮寄) |
    sed 's/^/    /'
  [ "${PIPESTATUS[0]}" = 0 ] || return 1
  day=$(next_workday "$(next_workday "$day")")
  both_to "${day}T10:15" && as_clerk letter do "$sent" receipt_by_hand \
    --reference "挂号XA0000$((RANDOM % 9000 + 1000))" --on "$day" > /dev/null
}

show_paper() {
  local case_id key absent division name paper number
  . "$VAR/exchange/far"
  step "给没有本系统的 $name 的函:打印后邮寄"
  baoxue letter show "$paper" || return 1
  say "公函 $VAR/exchange/$number.pdf,带回执;用任意 PDF 阅读器查看,例如:"
  say "  xdg-open $VAR/exchange/$number.pdf    或    pdftoppm -png $VAR/exchange/$number.pdf 页"
  say "收到回执后录入:baoxue letter do $number answer_by_hand --code R01 --school 学校 --reference 来函文号"
}

# ---- a transfer that never arrived ---------------------------------------------------------------

watches_transfer() { [ -e "$VAR/exchange/mover" ]; }
has_transfers() { "$BIN/baoxue" --help | grep -q '^  transfer'; }

# Before the first school day: a child of this county's households, always present in the sample, is
# transferred out to a school of the other county, where nobody takes the child in. The two have not
# joined yet, so the letter waits for that.
lose_transfer() {
  local mover
  mover=$(awk -F, -v home="$(division_of "$county")" '
    FILENAME ~ /rollcalls/ { n = split($5, one, ";")
      for (i = 1; i <= n; ++i) { split(one[i], seat, ":"); marked[$3 "/" $4 "/" seat[1]] = 1 }
      next }
    FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    { key = $1 "/" $at["班号"] "/" $at["班内学号"] }
    $at["户口所在地行政区划代码"] == home && !(key in marked) { print key; exit }' \
    "$VAR/sample/rollcalls.csv" "$VAR/sample/roster.csv")
  [ -n "$mover" ] || return 1
  as_clerk enrol transfer-out --student "$mover" --effective "$(own_today)" \
    --evidence 转学申请:2026-1 --approver "签发人丙/bureau_officer/$(bureau_of "$county")" \
    --other-school "$(division_name "$OTHER")第一小学" --other-division "$(division_of "$OTHER")" \
    > /dev/null || return 1
  mkdir -p "$VAR/exchange" && echo "$mover" > "$VAR/exchange/mover"
}

own_today() {
  TZ=CST-8 date -d "$(baoxue --json clock show | sed -n 's/.*"now": *"\([^"]*\)".*/\1/p' |
    head -n 1)" +%F
}

await_arrival() {
  local arrive_by
  arrive_by=$(baoxue --json transfer list | field arrive_by)
  [ -n "$arrive_by" ] && both_to "$(next_workday "$arrive_by")T08:30" &&
    wait_until 30 transfer_is_missing
}

transfer_is_missing() { baoxue --json transfer list --state missing | grep -q '"watch_id"'; }

show_transfer() {
  step "一名转出后始终没有到校的学生"
  baoxue transfer show "$(baoxue --json transfer list | field watch_id)" || return 1
  say "到校期限已过,按疑似辍学立案:"
  baoxue case list | sed -n 2,3p
  baoxue case list | grep -F " $(baoxue --json transfer list | field student_name) "
}

# letters_part MARK COMMAND WHAT: once; a failure says what failed.
letters_part() {
  once "$1" "$2" || {
    fail "两县通函:$3" "再次运行 deploy/up 接着做;日志:$LOGS/tracing.log、$OTHER_VAR/log/tracing.log"
    return 1
  }
}

exchange_letters() {
  local began=$SECONDS of=4
  [ -e "$VAR/state/letters" ] && return 0
  watches_transfer && of=5
  step "两县通函 1/$of:交换名录,电话核对指纹"
  letters_part joined join_counties 名录没有交换成 || return 1
  step "两县通函 2/$of:一名失联学生已在 $(division_name "$OTHER")就读;$(division_name "$county")发核查函"
  letters_part planted plant_child 没有选好学生 && letters_part sent send_letter 函没有发出 ||
    return 1
  step "两县通函 3/$of:$(division_name "$OTHER")的学籍系统答复,个案据此销号"
  letters_part moved move_case 没有得到答复或个案没有办结 || return 1
  step "两县通函 4/$of:另一名学生的户籍地没有本系统,公函打印后邮寄"
  letters_part papered send_paper 公函没有打印 || return 1
  if watches_transfer; then
    step "两县通函 5/$of:开学前一名学生转往 $(division_name "$OTHER"),始终没有到校"
    letters_part missed await_arrival 没有等到到校期限之后 || return 1
  fi
  show_letter && show_paper || { fail 没有得到函件或证据 "日志:$LOGS/tracing.log"; return 1; }
  ! watches_transfer || show_transfer || { fail 没有看到转学 "日志:$LOGS/tracing.log"; return 1; }
  : > "$VAR/state/letters"
  say "两县通函用时 $((SECONDS - began)) 秒"
}
