#!/bin/bash
# serve.sh LOG WORDS COMMAND...: starts a server that stays, and settles when it has said WORDS; prints that line. All that it
# says is in LOG. Fails with it when the server ends before.
log=$1 words=$2
shift 2
mkfifo "$log.pipe"
setsid "$@" >"$log.pipe" 2>&1 </dev/null &
exec 4<"$log.pipe"
rm "$log.pipe"
while read -r line <&4; do
  echo "$line" >>"$log"
  if [[ $line == *"$words"* ]]; then
    echo "$line"
    setsid cat <&4 >>"$log" 2>&1 & # who speaks to nobody would be ended by a signal
    exit
  fi
done
printf 'it ended without saying "%s": %s\n' "$words" "$*" >&2
cat "$log" >&2
exit 1
